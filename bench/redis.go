package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// redisRequests is the length of one sample: about a second natively.
const redisRequests = 50_000

// redisGets measures requests a second of a redis-server that runs under the
// tool, asked by a native redis-benchmark over a Unix socket.
func redisGets(ctx context.Context, _ *harness, t tool) (float64, error) {
	for _, name := range []string{"redis-server", "redis-benchmark"} {
		if _, err := exec.LookPath(name); err != nil {
			return 0, fmt.Errorf("%w: %s is not installed", errSkipped, name)
		}
	}
	// The path of a socket is short, and the cache's may not be.
	dir, err := os.MkdirTemp("", "bench-redis-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	socket := filepath.Join(dir, "socket")
	server := command{dir: dir, args: t.command("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no")}
	cmd, err := server.start(ctx, func(*exec.Cmd) error { return nil })
	if err != nil {
		return 0, err
	}
	defer cmd.Wait()
	defer cancel()
	if err := awaitSocket(ctx, socket); err != nil {
		return 0, err
	}
	client := command{args: []string{"redis-benchmark", "-s", socket, "-t", "get", "-n", strconv.Itoa(redisRequests), "-c", "50", "--csv"}}
	out, err := client.run(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := (command{args: []string{"redis-cli", "-s", socket, "shutdown", "nosave"}}).run(ctx); err != nil {
		return 0, fmt.Errorf("shut the server down: %w", err)
	}
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("the server ended: %w", err)
	}
	return parseRedis(string(out))
}

func awaitSocket(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		conn, err := net.Dial("unix", path)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// parseRedis finds the requests a second of GET in what redis-benchmark --csv
// prints; versions differ in the header and in the columns that follow.
func parseRedis(out string) (float64, error) {
	reader := csv.NewReader(strings.NewReader(out))
	reader.FieldsPerRecord = -1
	records, err := reader.ReadAll()
	if err != nil {
		return 0, fmt.Errorf("read redis-benchmark's output: %w", err)
	}
	for _, record := range records {
		if len(record) >= 2 && record[0] == "GET" {
			return strconv.ParseFloat(record[1], 64)
		}
	}
	return 0, fmt.Errorf("redis-benchmark printed no GET line: %q", out)
}
