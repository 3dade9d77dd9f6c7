package main

import (
	"bytes"
	"encoding/json"
	"os"
)

// Lines is a file of JSON lines that survives `kill -9`: what Append has returned from is there after a restart.
type Lines struct{ path string }

// Read gives each line to take. Half a line, which a kill may have left, is cut off.
func (l Lines) Read(take func(line []byte)) {
	text, err := os.ReadFile(l.path)
	if os.IsNotExist(err) {
		return
	}
	must(err)
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	if len(whole) < len(text) {
		must(os.Truncate(l.path, int64(len(whole))))
	}
	for _, line := range bytes.Split(whole, []byte("\n")) {
		if len(line) > 0 {
			take(line)
		}
	}
}

// Append writes a line to the disk.
func (l Lines) Append(line any) {
	text, err := json.Marshal(line)
	must(err)
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	must(err)
	defer file.Close()
	_, err = file.Write(append(text, '\n'))
	must(err)
	must(file.Sync())
}

func decoded[T any](line []byte) (value T) {
	must(json.Unmarshal(line, &value))
	return value
}

// A disk that fails ends the program: nothing may be promised any more.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
