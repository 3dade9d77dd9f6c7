package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const page = 20

type object = map[string]any

// Delivery is a line of the delivery log.
type Delivery struct {
	N           int               `json:"n"`
	TNs         int64             `json:"t_ns"`
	OpID        string            `json:"op_id"`
	Group       string            `json:"group"`
	Kind        string            `json:"kind"`
	Entry       *string           `json:"entry"`
	Author      string            `json:"author"`
	Version     string            `json:"version"`
	ServerOrder int               `json:"server_order"`
	Clock       map[string]int    `json:"clock"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Path        string            `json:"path"`
	Blobs       []json.RawMessage `json:"blobs"`
}

// taken is an operation of this device, and how much it had delivered when it accepted it.
type taken struct {
	Op   Operation `json:"op"`
	Seen int       `json:"seen"`
}

// told is what the device was told, and has to know after a restart: one of these.
type told struct {
	Start  bool    `json:"start,omitempty"`
	Group  string  `json:"group,omitempty"`
	Link   *string `json:"link,omitempty"`
	Wanted *bool   `json:"wanted,omitempty"`
}

// agent is a device of the product, with what its agent remembers. The product is three methods: push hands operations
// to the server, pull catches up and then waits for more, deliver commits what came.
type agent struct {
	sync.Mutex
	changed     chan struct{} // closed when something has changed
	incarnation int
	link, state string
	wanted      bool
	retrying    int
	batches     int
	groups      map[string]bool
	mine        map[string]taken
	outbox      []Operation
	delivered   []Delivery
	numbers     map[string]int // the last that was delivered of each group
	acked       map[string]int
	caughtUp    map[string]int // how much the catch-up that is going on has brought
	events      []object
}

func lines(name string) Lines { return Lines{filepath.Join(*data, name+".jsonl")} }

func newAgent() *agent {
	a := &agent{
		changed: make(chan struct{}), state: "offline", groups: map[string]bool{}, mine: map[string]taken{},
		numbers: map[string]int{}, acked: map[string]int{}, caughtUp: map[string]int{},
		delivered: []Delivery{}, events: []object{},
	}
	lines("told").Append(told{Start: true})
	lines("told").Read(func(line []byte) {
		is := decoded[told](line)
		switch {
		case is.Start:
			a.incarnation++
		case is.Group != "":
			a.groups[is.Group] = true
		case is.Link != nil:
			a.link = *is.Link
		case is.Wanted != nil:
			a.wanted = *is.Wanted
		}
	})
	lines("delivered").Read(func(line []byte) { a.note(decoded[Delivery](line)) })
	lines("taken").Read(func(line []byte) {
		is := decoded[taken](line)
		a.mine[is.Op.OpID] = is
		if a.acked[is.Op.OpID] == 0 {
			a.outbox = append(a.outbox, is.Op)
		}
	})
	go a.push()
	go a.pull()
	return a
}

// push hands the operations of this device to the server, one after the other, for ever.
func (a *agent) push() {
	server := link{agent: a}
	for attempt := 1; ; {
		a.until(-1, func() bool { return a.wanted && a.link != "" && len(a.outbox) > 0 })
		a.Lock()
		op := a.outbox[0]
		a.Unlock()
		op.Author = *device
		var reply struct{ Number int }
		if trouble := server.ask("/append", op, &reply); trouble != nil {
			a.backOff("push", attempt, trouble)
			attempt++
			continue
		}
		attempt = 1
		a.Lock()
		a.outbox = a.outbox[1:]
		a.acked[op.OpID] = reply.Number
		a.tell("ack", object{"op_id": op.OpID, "server_order": reply.Number})
		a.Unlock()
	}
}

// pull catches up, then waits for more, for ever; after a failure, again.
func (a *agent) pull() {
	server := link{agent: a}
	for attempt := 1; ; {
		a.locked(func() { a.become("offline", "") })
		a.until(-1, func() bool { return a.wanted && a.link != "" })
		a.locked(func() { a.become("connecting", "") })
		for trouble := error(nil); trouble == nil; {
			a.Lock()
			wanted, live := a.wanted, a.state == "live"
			asked := question{map[string]int{}, 0, page}
			for group := range a.groups {
				asked.After[group] = a.numbers[group]
			}
			a.Unlock()
			if !wanted {
				break
			}
			how := "catchup"
			if live {
				asked.Wait, how = *patience/20, "live"
			}
			var reply struct{ Operations []Operation }
			if trouble = server.ask("/read", asked, &reply); trouble != nil {
				a.locked(func() { a.become("offline", trouble.Error()) })
				a.backOff("pull", attempt, trouble)
				attempt++
				break
			}
			attempt = 1
			a.Lock()
			a.deliver(reply.Operations, how)
			if live || len(reply.Operations) == 0 {
				a.become("live", "")
			} else {
				a.become("catching_up", "")
			}
			a.Unlock()
		}
	}
}

// deliver commits what came, in the server's order, and tells of it.
func (a *agent) deliver(operations []Operation, how string) {
	brought := map[string]int{}
	for _, op := range operations {
		brought[op.Group]++
		if op.Number != a.numbers[op.Group]+1 {
			continue // it is here already
		}
		digest := sha256.Sum256([]byte(op.Body))
		is := Delivery{
			N: len(a.delivered) + 1, TNs: now(), OpID: idInside(op.Body), Group: op.Group, Kind: op.Kind,
			Author: op.Author, Version: strconv.Itoa(op.Number), ServerOrder: op.Number,
			Digest: hex.EncodeToString(digest[:]), Size: len(op.Body), Path: how, Blobs: []json.RawMessage{},
		}
		lines("delivered").Append(is)
		a.note(is)
		a.tell("deliver", object{"n": is.N})
	}
	if how == "catchup" {
		for group, got := range brought {
			a.batches++
			a.caughtUp[group] += got
			a.tellCatchUp("page", group)
		}
	}
}

func (a *agent) tellCatchUp(state, group string) {
	got, head := a.caughtUp[group], a.numbers[group]
	a.tell("catchup", object{"group": group, "state": state, "after": head - got, "got": got, "head": head, "reason": ""})
}

// note remembers a delivery by what is asked for later.
func (a *agent) note(is Delivery) {
	a.delivered = append(a.delivered, is)
	a.numbers[is.Group] = is.ServerOrder
	if is.Author == *device {
		a.acked[is.OpID] = is.ServerOrder
	}
}

func (a *agent) become(state, reason string) {
	if state == a.state {
		return
	}
	if state == "live" {
		for group := range a.caughtUp {
			a.tellCatchUp("ended", group)
		}
		a.caughtUp = map[string]int{}
	}
	a.state = state
	a.tell("connection", object{"state": state, "reason": reason})
}

// backOff waits before the next attempt: twice as long each time, up to `retry`; not if the link changes.
func (a *agent) backOff(what string, attempt int, trouble error) {
	delay := seconds(min(*retry/16*float64(int(1)<<min(attempt, 10)), *retry))
	var before string
	a.locked(func() {
		before = a.link
		a.retrying++
		a.tell("retry", object{
			"what": what, "attempt": attempt, "delay_ms": float64(delay) / 1e6, "due_ns": now() + int64(delay),
			"reason": trouble.Error(),
		})
	})
	a.until(delay, func() bool { return !a.wanted || a.link != before })
	a.locked(func() { a.retrying-- })
}

// tell adds an event.
func (a *agent) tell(kind string, event object) {
	event["seq"], event["t_ns"], event["type"] = len(a.events)+1, now(), kind
	a.events = append(a.events, event)
	a.wake()
}

func (a *agent) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

func (a *agent) locked(do func()) {
	a.Lock()
	defer a.Unlock()
	do()
}

// until returns when the condition holds, or after that time (for ever: -1).
func (a *agent) until(within time.Duration, condition func() bool) {
	var timeout <-chan time.Time
	if within >= 0 {
		timeout = time.After(within)
	}
	for {
		a.Lock()
		holds, changed := condition(), a.changed
		a.Unlock()
		if holds {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			return
		}
	}
}

// link is a connection to the server, by the device's link.
type link struct {
	agent   *agent
	address string
	http    *http.Client
}

func (l *link) ask(path string, body, reply any) error {
	l.agent.Lock()
	address := l.agent.link
	l.agent.Unlock()
	if l.http == nil || l.address != address {
		if l.http != nil {
			l.http.CloseIdleConnections()
		}
		l.address, l.http = address, &http.Client{Timeout: seconds(*patience), Transport: &http.Transport{}}
	}
	text, err := json.Marshal(body)
	must(err)
	answer, err := l.http.Post("http://"+address+path, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return fmt.Errorf("the server answered %s", answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(reply)
}

func idInside(body string) string {
	var inside struct {
		OpID string `json:"op_id"`
	}
	_ = json.Unmarshal([]byte(body), &inside) // a body without one has none
	return inside.OpID
}

// now is CLOCK_MONOTONIC in nanoseconds, which the harness compares with that of others.
func now() int64 {
	var at syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&at)), 0)
	return at.Nano()
}

func bootID() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	must(err)
	return strings.TrimSpace(string(text))
}
