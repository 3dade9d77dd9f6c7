// The minimal-go product: `minimal-go server ...` and `minimal-go agent ...`, in Go's standard library.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

var (
	data     = flag.String("data", "", "folder of its files")
	port     = flag.Int("port", 0, "where it listens; 0: anywhere, and it says where")
	export   = flag.String("export", "", "server: print the log of this group, and end")
	device   = flag.String("device", "", "agent: the name of the device")
	retry    = flag.Float64("retry", 5, "agent: the longest pause between attempts, seconds")
	patience = flag.Float64("patience", 15, "agent: for an answer of the server, seconds")
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: minimal-go server|agent --data FOLDER ...")
		os.Exit(2)
	}
	must(flag.CommandLine.Parse(os.Args[2:]))
	must(os.MkdirAll(*data, 0o755))
	switch {
	case os.Args[1] == "agent":
		serve(newAgent())
	case *export != "":
		newServer().export(*export)
	default:
		serve(newServer())
	}
}

func serve(handler http.Handler) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(map[string]int{"port": listener.Addr().(*net.TCPAddr).Port}))
	must(http.Serve(listener, handler))
}

func answer(response http.ResponseWriter, status int, reply any) {
	response.Header().Set("content-type", "application/json")
	response.WriteHeader(status)
	if status != http.StatusNoContent {
		_ = json.NewEncoder(response).Encode(reply) // whoever asked may be gone
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
