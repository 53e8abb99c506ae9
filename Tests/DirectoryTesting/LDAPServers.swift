import Foundation
import TerminalTesting

/// OpenLDAP's server on loopback ports and a socket, as an unprivileged process of the test.
public final class SlapdServer: Sendable {
  /// The port without TLS, which offers StartTLS, and the one with it.
  public let (port, securePort): (Int, Int)
  /// The path of its socket.
  public var socket: String { directory.path + "/s" }
  /// The file with its certificate, which no system trusts.
  public var certificate: String { directory.path + "/cert.pem" }
  /// The entry that may read, and its password.
  public static let (account, password) = ("cn=orgman,dc=example,dc=org", "s3cret of ldäp*SECRET")
  /// Below which people are.
  public static let base = "ou=people,dc=example,dc=org"
  private let process: StubProcess
  private let directory: TemporaryDirectory

  /// Starts it.
  ///
  /// - Parameters:
  ///   - people: entries of people, as lines of LDIF with their attributes but the `dn`; each begins with `uid`.
  ///   - sizeLimit: the most entries that it gives for a question.
  public init(people: [String], sizeLimit: Int = 500) throws {
    directory = try TemporaryDirectory()
    let path = directory.path
    try FileManager.default.createDirectory(atPath: path + "/db", withIntermediateDirectories: true)
    let made = try run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path + "/key.pem", "-out",
        path + "/cert.pem",
      ])
    guard made.status == .exited(0) else { throw StubFailure() }
    try Data(Self.configuration(path, sizeLimit).utf8).write(to: URL(filePath: path + "/slapd.conf"))
    try Data(Self.entries(people).utf8).write(to: URL(filePath: path + "/data.ldif"))
    let added = try run(
      "/usr/sbin/slapadd", ["-q", "-f", path + "/slapd.conf", "-l", path + "/data.ldif"])
    guard added.status == .exited(0) else { throw StubFailure() }
    try Data(Self.program.utf8).write(to: URL(filePath: path + "/slapd.py"))
    process = try StubProcess(["python3", path + "/slapd.py", path])
    let ports = process.greeting.split(separator: " ").compactMap { Int($0) }
    guard ports.count == 2 else { throw StubFailure() }
    (port, securePort) = (ports[0], ports[1])
  }

  private static func configuration(_ path: String, _ sizeLimit: Int) -> String {
    """
    include /etc/ldap/schema/core.schema
    include /etc/ldap/schema/cosine.schema
    include /etc/ldap/schema/inetorgperson.schema
    modulepath /usr/lib/ldap
    moduleload back_mdb
    moduleload ppolicy
    TLSCertificateFile \(path)/cert.pem
    TLSCertificateKeyFile \(path)/key.pem
    sizelimit \(sizeLimit)
    database mdb
    maxsize 134217728
    suffix "dc=example,dc=org"
    directory \(path)/db
    index uid,mail,cn eq,sub
    access to attrs=userPassword by anonymous auth
    access to * by dn.exact="\(account)" read
    """ + "\n"
  }

  private static func entries(_ people: [String]) -> String {
    let password = Data(password.utf8).base64EncodedString()
    let top = """
      dn: dc=example,dc=org
      objectClass: dcObject
      objectClass: organization
      o: Example
      dc: example

      dn: \(account)
      objectClass: organizationalRole
      objectClass: simpleSecurityObject
      cn: orgman
      userPassword:: \(password)

      dn: \(base)
      objectClass: organizationalUnit
      ou: people
      """
    let entries = people.map { person in
      let uid = person.prefix { $0 != "\n" }.dropFirst("uid: ".count)
      return "dn: uid=\(uid),\(base)\nobjectClass: inetOrgPerson\n\(person)"
    }
    return ([top] + entries).joined(separator: "\n\n") + "\n"
  }

  /// Runs the server on free ports for as long as standard input is open.
  private static let program = #"""
    import ctypes, os, socket, subprocess, sys, time, urllib.parse

    path = sys.argv[1]
    libc = ctypes.CDLL(None)
    # This program may be killed, and the server must not outlive it: PR_SET_PDEATHSIG, SIGKILL.
    def end_with_parent(): libc.prctl(1, 9)
    def free():
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]
    for attempt in range(5):
        ports = (free(), free())
        place = urllib.parse.quote(path + "/s", safe="")
        addresses = "ldap://127.0.0.1:%d/ ldaps://127.0.0.1:%d/ ldapi://%s/" % (*ports, place)
        server = subprocess.Popen(["/usr/sbin/slapd", "-d", "0", "-f", path + "/slapd.conf", "-h", addresses],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  preexec_fn=end_with_parent)
        while server.poll() is None:
            try:
                for port in ports: socket.create_connection(("127.0.0.1", port), 5).close()
                break
            except OSError: time.sleep(0.01)
        if server.poll() is None: break
    print(*ports, flush=True)
    sys.stdin.buffer.read()
    server.kill()
    server.wait()
    """#
}

/// A server with bad manners, whatever it is asked.
public final class RudeServer: Sendable {
  /// What it does with a connection.
  public enum Manner: String, Sendable, CaseIterable {
    /// Says nothing.
    case silence
    /// Ends it at once.
    case hangUp
    /// Reads a question, and ends it in the middle of an answer.
    case cut
    /// Says something else.
    case garbage
    /// Says that an answer of two GiB follows, and begins with it.
    case huge
    /// Sends an answer bit by bit, without end.
    case drip
  }

  /// Its port.
  public let port: Int
  private let process: StubProcess

  /// Starts it.
  public init(_ manner: Manner) throws {
    process = try StubProcess(["python3", "-c", Self.program, manner.rawValue])
    guard let port = Int(process.greeting) else { throw StubFailure() }
    self.port = port
  }

  private static let program = #"""
    import os, socket, sys, threading, time

    manner = sys.argv[1]
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    kept = []

    def answer(connection):
        try:
            if manner == "silence": return
            if manner == "hangUp": return connection.close()
            connection.recv(65536)
            if manner == "cut":
                connection.sendall(bytes.fromhex("300c02010161"))
                return connection.close()
            if manner == "garbage": connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
            if manner == "huge":
                connection.sendall(bytes.fromhex("308480000000"))
                while True: connection.sendall(b"\0" * 65536)
            if manner == "drip":
                connection.sendall(bytes.fromhex("30840000ffff"))
                while True:
                    connection.sendall(b"\2")
                    time.sleep(0.05)
        except OSError: pass

    while True:
        connection, _ = listener.accept()
        kept.append(connection)
        threading.Thread(target=answer, args=(connection,), daemon=True).start()
    """#
}
