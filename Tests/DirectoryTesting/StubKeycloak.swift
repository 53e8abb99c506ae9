import Foundation
import TerminalTesting

/// A realm of Keycloak on a loopback port, with bad manners where a test asks for these.
public final class StubKeycloak: Sendable {
  /// A user.
  public struct User: Codable, Sendable {
    var id: String
    var username: String
    var email: String?
    /// The first name.
    public var firstName: String?
    /// The last name.
    public var lastName: String?
    var enabled = true

    /// A user.
    public init(
      _ id: String, _ username: String, email: String? = nil, first: String? = nil, last: String? = nil,
      isEnabled: Bool = true
    ) {
      (self.id, self.username, self.email) = (id, username, email)
      (firstName, lastName, enabled) = (first, last, isEnabled)
    }
  }

  /// What happens to requests whose path begins with a text, as often as is said.
  public struct Manner: Codable, Sendable {
    var path: String
    var act: String
    var times: Int
    var value: String

    /// - Parameters:
    ///   - act: a status, or slow, cut, huge, garbage, repeat.
    ///   - value: what Retry-After, Location or the body is, or the seconds.
    public init(_ path: String, _ act: String, times: Int = 1_000_000, value: String = "") {
      (self.path, self.act, self.times, self.value) = (path, act, times, value)
    }
  }

  /// What the realm has.
  public struct World: Codable, Sendable {
    /// Its users, in the order of searches.
    public var users: [User] = []
    /// Bad manners; the first that fits counts.
    public var manners: [Manner] = []
    /// How often a token is accepted.
    public var uses = 1_000_000
    /// The most of a page.
    public var page = 1_000_000
    /// How long each answer takes, in seconds.
    public var delay = 0.0

    /// Nobody.
    public init() {}
  }

  /// A request as it came.
  public struct Request: Codable, Sendable, Hashable {
    /// GET, or POST for a token.
    public let method: String
    /// The path with the query, as it was sent.
    public let path: String
    /// How many requests were being answered, this one too.
    public let active: Int
    /// The header.
    public let authorization: String
    /// The form.
    public let form: String
  }

  /// The secret of the client `orgman`.
  public static let secret = "s3cr3t+SECRET/of=orgman"
  /// Its address.
  public let address: String
  private let process: StubProcess
  private let log: String
  private let directory: TemporaryDirectory

  /// Starts it.
  public init(_ world: World) throws {
    directory = try TemporaryDirectory()
    log = directory.path + "/log"
    try Data().write(to: URL(filePath: log))
    try JSONEncoder().encode(world).write(to: URL(filePath: directory.path + "/world.json"))
    try Data(Self.program.utf8).write(to: URL(filePath: directory.path + "/stub.py"))
    process = try StubProcess(["python3", directory.path + "/stub.py", directory.path, Self.secret])
    address = "http://127.0.0.1:\(process.greeting)/auth"
  }

  /// The requests so far.
  public func requests() throws -> [Request] {
    try String(contentsOf: URL(filePath: log), encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  private static let program = #"""
    import json, os, sys, threading, time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import urlsplit, parse_qs, unquote

    directory, secret = sys.argv[1:]
    world = json.load(open(directory + "/world.json"))
    log = open(directory + "/log", "a")
    lock = threading.Lock()
    active = 0
    tokens = {}
    users = world["users"]
    prefix = "/auth/admin/realms/main%20realm/users"

    def texts(user):
        return [(user.get(name) or "").lower() for name in ("username", "email", "firstName", "lastName")]

    def fits(user, word):
        word = word.lower()
        if word.startswith("*") and word.endswith("*") and len(word) > 1:
            return any(word[1:-1] in text for text in texts(user))
        return any(text.startswith(word) for text in texts(user))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        def log_message(self, *arguments): pass

        def reply(self, status, value, headers=()):
            global active
            with lock: active -= 1
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            for name, text in headers: self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def misbehave(self, manner):
            act, value = manner["act"], manner["value"]
            if act.isdigit():
                name = "Location" if act.startswith("3") else "Retry-After"
                body = value.encode() if act.startswith("4") and act != "429" else b"{}"
                self.reply(int(act), body, [(name, value)] if value and body == b"{}" else [])
            elif act == "slow":
                time.sleep(float(value))
                self.reply(200, [])
            elif act == "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'[{"id": "')
                self.close_connection = True
            elif act == "huge":
                self.send_response(200)
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                try:
                    for _ in range(4096): self.wfile.write(b" " * 65536)
                except OSError: pass
            elif act == "garbage":
                self.reply(200, value.encode())

        def do_GET(self):
            global active
            form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            with lock:
                active += 1
                log.write(json.dumps({"method": self.command, "path": self.path, "active": active, "form": form,
                                      "authorization": self.headers.get("Authorization", "")}) + "\n")
                log.flush()
                manner = next((m for m in world["manners"] if self.path.startswith(m["path"]) and m["times"] > 0), None)
                if manner: manner["times"] -= 1
            if world["delay"]: time.sleep(world["delay"])
            if manner and manner["act"] != "repeat": return self.misbehave(manner)
            url = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(url.query).items()}
            if url.path == "/auth/realms/main%20realm/protocol/openid-connect/token":
                fields = {k: v[0] for k, v in parse_qs(form).items()}
                good = {"grant_type": "client_credentials", "client_id": "orgman", "client_secret": secret}
                if self.command != "POST" or fields != good:
                    return self.reply(401, {"error": "unauthorized_client"})
                with lock:
                    token = "token-%d" % (len(tokens) + 1)
                    tokens[token] = world["uses"]
                return self.reply(200, {"access_token": token, "expires_in": 60, "token_type": "Bearer"})
            if self.command != "GET": return self.reply(405, {"error": "HTTP 405 Method Not Allowed"})
            with lock:
                token = self.headers.get("Authorization", "")[len("Bearer "):]
                left = tokens.get(token, 0)
                tokens[token] = left - 1
            if left <= 0: return self.reply(401, {"error": "HTTP 401 Unauthorized"})
            if url.path == prefix + "/count": return self.reply(200, len(users) * 2 + 7)
            if url.path == prefix:
                found = users
                if "search" in query:
                    text = query["search"]
                    if text.startswith("id:"): found = [u for u in users if u["id"] == text[3:].strip()]
                    else: found = [u for u in users if all(fits(u, word) for word in text.split())]
                for name in ("username", "email"):
                    if name in query:
                        wanted = query[name].lower()
                        if query.get("exact") == "true": found = [u for u in found if (u.get(name) or "").lower() == wanted]
                        else: found = [u for u in found if wanted in (u.get(name) or "").lower()]
                first, size = int(query.get("first", 0)), min(world["page"], int(query.get("max", 100)))
                if manner: first = 0
                return self.reply(200, found[first:first + size])
            if url.path.startswith(prefix + "/"):
                id = unquote(url.path[len(prefix) + 1:])
                user = next((u for u in users if u["id"] == id), None)
                return self.reply(200, user) if user else self.reply(404, {"error": "User not found"})
            self.reply(404, {"error": "Realm not found."})

        do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """#
}
