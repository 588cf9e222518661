# HTTP, asyncio and names over whatever network there is.
import asyncio, http.server, socket, threading, urllib.error, urllib.request

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"page" * 10000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = "http://127.0.0.1:%d/" % server.server_address[1]
for _ in range(3):
    assert urllib.request.urlopen(url).read() == b"page" * 10000
server.shutdown()
server.server_close()
try:
    urllib.request.urlopen(url)
    raise SystemExit("somebody answers")
except urllib.error.URLError as e:
    assert isinstance(e.reason, ConnectionRefusedError), e

async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()

async def ask(port, i):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for n in range(5):
        writer.write(b"line %d of %d\n" % (n, i))
        assert await reader.readline() == b"LINE %d OF %d\n" % (n, i)
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()

async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(ask(port, i) for i in range(20)))
    server.close()
asyncio.run(main())
assert ("127.0.0.1", 80) in [a[4] for a in socket.getaddrinfo("localhost", 80, proto=socket.IPPROTO_TCP)]
print("ok")
