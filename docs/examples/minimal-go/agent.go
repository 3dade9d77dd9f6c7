package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
)

var capabilities = object{
	"order": "total", "outbox": "durable", "conflicts": "none", "versions": "all", "blobs": "none",
	"range": false, "marker": false, "clock": false, "pause": false, "p2p": false, "history": true,
}

// refused is an error of the agent protocol.
type refused struct {
	status        int
	code, message string
}

func invalid(message string, about ...any) refused {
	return refused{400, "invalid", fmt.Sprintf(message, about...)}
}

// ServeHTTP answers the harness.
func (a *agent) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	defer func() {
		switch trouble := recover().(type) {
		case nil:
		case refused:
			answer(response, trouble.status, object{"code": trouble.code, "message": trouble.message, "happened": "no"})
		default:
			panic(trouble)
		}
	}()
	what, path, _ := strings.Cut(strings.Trim(request.URL.Path, "/"), "/")
	body := object{}
	if content, _ := io.ReadAll(request.Body); len(content) > 0 {
		if err := json.Unmarshal(content, &body); err != nil {
			panic(invalid("The content is not JSON: %v", err))
		}
	}
	status, reply := a.route(request.Method+" "+what, path, body, request)
	answer(response, status, reply)
}

func (a *agent) route(asked, path string, body object, request *http.Request) (int, any) {
	if asked == "GET events" {
		return a.eventsAfter(request)
	}
	a.Lock()
	defer a.Unlock()
	switch asked {
	case "GET about":
		return 200, object{"protocol": "1", "agent": "minimal-go/1", "device": *device, "capabilities": capabilities}
	case "GET identity":
		return 200, object{"device": *device, "id": *device}
	case "GET status":
		return 200, a.status()
	case "GET metrics":
		return 200, object{"deliveries": len(a.delivered), "catchupBatches": a.batches}
	case "GET deliveries":
		after, limit := number(request, "after", 0), number(request, "limit", 1000)
		from := min(int(after), len(a.delivered))
		found := a.delivered[from:min(from+int(limit), len(a.delivered))]
		return 200, object{"deliveries": found, "total": len(a.delivered)}
	case "GET ops":
		state := "unknown"
		if _, known := a.mine[path]; known {
			state = "accepted"
		}
		if order := a.acked[path]; order > 0 {
			return 200, object{"op_id": path, "state": "acked", "server_order": order}
		}
		return 200, object{"op_id": path, "state": state, "server_order": nil}
	case "PUT groups":
		members, is := body["members"].([]any)
		if !is {
			panic(invalid("Field `members` must be there and be an array."))
		}
		if !a.groups[path] {
			lines("told").Append(told{Group: path})
			a.groups[path] = true
		}
		a.tell("group", object{"group": path, "state": "joined"})
		return 202, object{"group": path, "members": members}
	case "PUT links":
		address := text(body, "address")
		a.setLink(address)
		return 200, object{"peer": path, "address": address}
	case "DELETE links":
		a.setLink("")
		return 204, nil
	case "POST connect", "POST disconnect":
		if wanted := asked == "POST connect"; wanted != a.wanted {
			lines("told").Append(told{Wanted: &wanted})
			a.wanted = wanted
			a.wake()
		}
		return 202, object{}
	case "POST ops":
		return a.submit(body)
	}
	panic(refused{501, "unsupported", fmt.Sprintf("This product cannot do %s.", asked)})
}

func (a *agent) setLink(address string) {
	if address != a.link {
		lines("told").Append(told{Link: &address})
		a.link = address
		a.wake()
	}
}

func (a *agent) status() object {
	groups, links := []string{}, []object{}
	for group := range a.groups {
		groups = append(groups, group)
	}
	sort.Strings(groups)
	if a.link != "" {
		links = append(links, object{"peer": "relay", "address": a.link})
	}
	return object{
		"device": *device, "incarnation": a.incarnation, "boot_id": bootID(), "monotonic_ns": now(), "pid": os.Getpid(),
		"links": links, "groups": groups, "connection": a.state, "pipeline": "running", "breaker": "closed",
		"deliveries": len(a.delivered),
		"pending": object{
			"outbox": len(a.outbox), "uploads": 0, "downloads": 0, "held": 0, "retries": a.retrying, "markers": 0,
		},
	}
}

func (a *agent) submit(body object) (int, any) {
	op := Operation{OpID: text(body, "op_id"), Group: text(body, "group"), Kind: text(body, "kind"), Body: text(body, "body")}
	if idInside(op.Body) != op.OpID {
		panic(invalid("Field `body` must be a JSON text that carries the same op_id."))
	}
	if op.Kind != "append" {
		panic(refused{501, "unsupported", fmt.Sprintf("This product has messages only, and no %q.", op.Kind)})
	}
	if !a.groups[op.Group] {
		panic(refused{404, "unknown_group", fmt.Sprintf("Field `group`: this device is not in '%s'.", op.Group)})
	}
	known, is := a.mine[op.OpID]
	if !is {
		known = taken{op, len(a.delivered)}
		lines("taken").Append(known)
		a.mine[op.OpID] = known
		a.outbox = append(a.outbox, op)
		a.wake()
	} else if known.Op != op {
		panic(refused{409, "op_conflict", fmt.Sprintf("op_id '%s' was used with other content.", op.OpID)})
	}
	return 202, object{"op_id": op.OpID, "seen": known.Seen, "version": nil}
}

func (a *agent) eventsAfter(request *http.Request) (int, any) {
	after := int(number(request, "after", 0))
	if int(number(request, "incarnation", 0)) != a.incarnation {
		after = 0
	}
	a.until(seconds(number(request, "wait", 0)), func() bool { return len(a.events) > after })
	a.Lock()
	defer a.Unlock()
	from := min(after, len(a.events))
	found := a.events[from:min(from+int(number(request, "limit", 1000)), len(a.events))]
	return 200, object{"incarnation": a.incarnation, "events": found, "next": after + len(found)}
}

func text(body object, name string) string {
	value, is := body[name].(string)
	if !is {
		panic(invalid("Field `%s` must be there and be a string.", name))
	}
	return value
}

func number(request *http.Request, name string, otherwise float64) float64 {
	given := request.URL.Query().Get(name)
	if given == "" {
		return otherwise
	}
	value, err := strconv.ParseFloat(given, 64)
	if err != nil {
		panic(invalid("`%s` in the query must be a number.", name))
	}
	return value
}
