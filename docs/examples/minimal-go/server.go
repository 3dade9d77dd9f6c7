package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Operation is what a device sends, and what the log of its group has.
type Operation struct {
	OpID   string `json:"op_id"`
	Group  string `json:"group"`
	Kind   string `json:"kind"`
	Body   string `json:"body"`
	Author string `json:"author,omitempty"`
	Number int    `json:"number,omitempty"`
}

type question struct {
	After map[string]int `json:"after"`
	Wait  float64        `json:"wait"`
	Limit int            `json:"limit"`
}

// server keeps an append-only log for each group, on disk before it is acknowledged.
//
//	POST /append  an Operation: answers its number, the same for the same operation again
//	POST /read    a question: what stands behind those numbers; waits for the first
//	GET  /health
type server struct {
	sync.Mutex
	logs     map[string][]Operation
	numbers  map[[2]string]int
	appended chan struct{} // closed when something is
}

func newServer() *server {
	return &server{logs: map[string][]Operation{}, numbers: map[[2]string]int{}, appended: make(chan struct{})}
}

func (s *server) file(group string) Lines { return Lines{filepath.Join(*data, url.PathEscape(group))} }

func (s *server) log(group string) []Operation {
	if _, read := s.logs[group]; !read {
		s.logs[group] = []Operation{}
		s.file(group).Read(func(line []byte) {
			op := decoded[Operation](line)
			s.logs[group] = append(s.logs[group], op)
			s.numbers[[2]string{op.Author, op.OpID}] = op.Number
		})
	}
	return s.logs[group]
}

func (s *server) append(op Operation) int {
	s.Lock()
	defer s.Unlock()
	log, key := s.log(op.Group), [2]string{op.Author, op.OpID}
	if s.numbers[key] == 0 {
		op.Number = len(log) + 1
		s.file(op.Group).Append(op)
		s.logs[op.Group], s.numbers[key] = append(log, op), op.Number
		close(s.appended)
		s.appended = make(chan struct{})
	}
	return s.numbers[key]
}

func (s *server) read(asked question) []Operation {
	timeout := time.After(seconds(asked.Wait))
	for {
		s.Lock()
		found, appended := []Operation{}, s.appended
		for group, number := range asked.After {
			if log := s.log(group); number < len(log) {
				found = append(found, log[number:min(number+asked.Limit, len(log))]...)
			}
		}
		s.Unlock()
		if len(found) > 0 {
			return found
		}
		select {
		case <-appended:
		case <-timeout:
			return found
		}
	}
}

func (s *server) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	var op Operation
	var asked question
	switch {
	case request.Method == http.MethodGet:
		answer(response, 200, map[string]string{"status": "ok"})
	case request.URL.Path == "/append" && json.NewDecoder(request.Body).Decode(&op) == nil:
		answer(response, 200, map[string]int{"number": s.append(op)})
	case request.URL.Path == "/read" && json.NewDecoder(request.Body).Decode(&asked) == nil:
		answer(response, 200, map[string][]Operation{"operations": s.read(asked)})
	default: // a request that broke off on its way: it never happened
		answer(response, 400, map[string]string{"error": "this is no request of a device"})
	}
}

func (s *server) export(group string) {
	for _, op := range s.log(group) {
		digest := sha256.Sum256([]byte(op.Body))
		must(json.NewEncoder(os.Stdout).Encode(map[string]string{
			"op_id": op.OpID, "author": op.Author, "version": strconv.Itoa(op.Number),
			"digest": hex.EncodeToString(digest[:]),
		}))
	}
}
