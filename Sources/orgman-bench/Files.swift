import Glibc

/// Why something couldn't be measured, in a sentence for the table.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Creates a failure from a failed system call.
  init(_ call: String, errno code: Int32) { self.init("\(call): \(String(cString: strerror(code)))") }
}

/// A file that is written in pieces of the same size as Python's.
struct OutputFile: ~Copyable {
  private let path: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let piece = 8192

  /// Opens a file like `open(path, 'w')`, which truncates it.
  init(_ path: String) throws(BenchFailure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchFailure("open \(path)", errno: errno) }
    buffer.reserveCapacity(2 * Self.piece)
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Closes the file and returns the time just before that.
  mutating func close() -> Int64 {
    let time = now()
    Glibc.close(descriptor)
    descriptor = -1
    return time
  }

  mutating func write(_ text: String) throws(BenchFailure) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.piece { try flush() }
  }

  /// Writes all bytes, piece by piece.
  func write(_ bytes: [UInt8]) throws(BenchFailure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.prefix(Self.piece).withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { throw BenchFailure("write \(path)", errno: errno) }
      rest = rest.dropFirst(count)
    }
  }

  private mutating func flush() throws(BenchFailure) {
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes the rest of the buffer.
  mutating func finish() throws(BenchFailure) { try flush() }
}

/// The content of a file. This includes files in `/proc`, whose size isn't known in advance.
func contents(of path: String) throws(BenchFailure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw BenchFailure("open \(path)", errno: errno) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var room = max(4096, size(of: path) + 1)
  while true {
    var count = 0
    bytes.append(
      contentsOf: [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
        count = read(descriptor, buffer.baseAddress, buffer.count)
        used = max(0, count)
      })
    guard count >= 0 else { throw BenchFailure("read \(path)", errno: errno) }
    if count == 0 { return bytes }
    room = 4096
  }
}

/// The size of a file in bytes; 0 if it doesn't exist.
func size(of path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// The value of CLOCK_MONOTONIC in nanoseconds.
func now() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// How long a function takes, in milliseconds.
func milliseconds<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
  let start = now()
  try body()
  return Double(now() - start) / 1e6
}
