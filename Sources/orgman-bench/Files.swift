import Glibc

/// Why something couldn't be measured: a sentence for the table.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// A failed system call.
  init(_ call: String, errno code: Int32) { self.init("\(call): \(String(cString: strerror(code)))") }
}

/// A file that is being written, in pieces as large as Python's own.
struct OutputFile: ~Copyable {
  private let path: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let piece = 8192

  /// Opens a file as `open(path, 'w')` does: what was in it is gone.
  init(_ path: String) throws(BenchFailure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchFailure("open \(path)", errno: errno) }
    buffer.reserveCapacity(2 * Self.piece)
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Closes the file and returns the moment before that.
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

  /// Writes all of these bytes, piece by piece.
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

  /// Writes what is left.
  mutating func finish() throws(BenchFailure) { try flush() }
}

/// All bytes of a file; also of one in `/proc`, which doesn't know its size.
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

/// The bytes of a file, 0 if it isn't there.
func size(of path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// Nanoseconds of CLOCK_MONOTONIC.
func now() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The milliseconds that something takes.
func milliseconds<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
  let start = now()
  try body()
  return Double(now() - start) / 1e6
}
