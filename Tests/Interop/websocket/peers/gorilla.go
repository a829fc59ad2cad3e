// A WebSocket server of gorilla/websocket that sends back each message: gorilla PORT
// Made for this project, as a driver of comparison runs. It prints a line when it listens.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	upgrader := websocket.Upgrader{EnableCompression: true, CheckOrigin: func(*http.Request) bool { return true }}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		link, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer link.Close()
		for {
			kind, message, err := link.ReadMessage()
			if err != nil || link.WriteMessage(kind, message) != nil {
				return
			}
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println("listening")
	panic(http.Serve(listener, handler))
}
