import CLinux
import Glibc
import OrgCore
import SystemPackage

/// Reads files and compares them with bytes in memory, without loading more than necessary.
extension SystemCalls {
  /// Reads a file from an offset to its end. `size` is its expected length. `note` is called with the length of each
  /// part read, on any thread.
  ///
  /// - Throws: `fileTooLarge` if the file exceeds the limit, or grows as fast as it is read.
  func readAll(
    _ descriptor: borrowing Descriptor, _ name: String, size: Int, from start: Int = 0,
    note: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(SystemCallError) -> [UInt8] {
    guard (0...Self.longestFile).contains(size) else {
      throw SystemCallError(call: "read", subject: name, errno: .fileTooLarge)
    }
    var failure: SystemCallError?
    let number = descriptor.number
    let tooLarge = SystemCallError(call: "read", subject: name, errno: .fileTooLarge)
    guard size <= FileLimit.bytes else { throw tooLarge }
    // One extra byte reveals whether the file has grown in the meantime.
    var bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      // For a long file, much of the time is spent on page faults.
      if size > Self.shortestToDivide { clinux_prefer_large_pages(buffer.baseAddress, size + 1) }
      do throws(SystemCallError) {
        count = try fill(UnsafeMutableRawBufferPointer(buffer), from: number, at: start, name, note: note)
      } catch {
        failure = error
      }
    }
    while failure == nil, bytes.count > size, bytes.count % (1 << 20) == (size + 1) % (1 << 20) {
      let offset = bytes.count
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
        do throws(SystemCallError) {
          count = try fill(UnsafeMutableRawBufferPointer(buffer), from: number, at: start + offset, name)
        } catch {
          failure = error
        }
      }
      guard !chunk.isEmpty else { break }
      guard bytes.count + chunk.count <= FileLimit.bytes else { throw tooLarge }
      bytes += chunk
      guard bytes.count - size <= Self.longestGrowth else {
        throw SystemCallError(call: "read", subject: name, errno: .fileTooLarge)
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the beginning of a file, however long the file is.
  func readBeginning(
    of descriptor: borrowing Descriptor, _ name: String, length: Int
  ) throws(SystemCallError) -> [UInt8] {
    try read(0..<max(0, length), of: descriptor, name)
  }

  /// Reads a range of a file; less if the file ends earlier.
  func read(
    _ range: Range<Int>, of descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) -> [UInt8] {
    var failure: SystemCallError?
    let number = descriptor.number
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(SystemCallError) {
        count = try fill(
          UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<range.count])),
          from: number, at: range.lowerBound, name)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads until the buffer is full or the file ends. The two halves of a long file are read in parallel.
  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, _ name: String,
    note: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(SystemCallError) -> Int {
    guard buffer.count > Self.shortestToDivide else {
      return try fillInOrder(buffer, from: descriptor, at: offset, name, note)
    }
    let middle = buffer.count / 2
    // Each core writes to its own half, and neither half is read before both are done.
    nonisolated(unsafe) let second = UnsafeMutableRawBufferPointer(rebasing: buffer[middle...])
    let rest = BackgroundTask {
      Result { () throws(SystemCallError) in
        try fillInOrder(second, from: descriptor, at: offset + middle, name, note)
      }
    }
    let first = Result { () throws(SystemCallError) in
      try fillInOrder(
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<middle]), from: descriptor, at: offset, name, note)
    }
    let secondCount = rest.value
    guard case .success(middle) = first else { return try first.get() }
    return middle + (try secondCount.get())
  }

  private func fillInOrder(
    _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, _ name: String,
    _ note: (Int) -> Void
  ) throws(SystemCallError) -> Int {
    var count = 0
    while count < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...].prefix(Self.readLength))
      let got = try call("read", name) {
        pread(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
      }
      if got == 0 { break }
      onRead?(got)
      count += got
      note(got)
    }
    return count
  }

  /// The number of bytes per read; progress is reported after each one.
  private static let readLength = 8 << 20
  /// Below this number of bytes, one thread is faster than two.
  private static let shortestToDivide = 1 << 20
  /// The maximum length of a file that is read whole, in bytes: offsets into the data files are
  /// stored as 32-bit numbers.
  private static let longestFile = 4 << 30
  /// How many bytes a file may grow while it is read, for example because another program rewrites all of it.
  private static let longestGrowth = 1 << 30

  /// Whether a file holds exactly these bytes, without loading it. The two halves of a long file
  /// are compared in parallel.
  func holds(
    _ bytes: [UInt8], in descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) -> Bool {
    let number = descriptor.number
    let middle = bytes.count > Self.shortestToDivide ? bytes.count / 2 : 0
    let first =
      middle == 0
      ? nil
      : BackgroundTask {
        Result { () throws(SystemCallError) in
          try commonPrefix(FileText(bytes), 0..<middle, in: number, name) == middle
        }
      }
    let isSame =
      try commonPrefix(FileText(bytes), middle..<bytes.count, in: number, name) == bytes.count - middle
    guard try first?.value.get() != false, isSame else { return false }
    return try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { next throws(SystemCallError) in
      try fill(next, from: number, at: bytes.count, name) == 0
    }
  }

  /// A lower bound for the length of the common prefix of a file and a text. It is exact only to the chunk: the
  /// position of the first difference within a chunk isn't determined.
  func commonPrefix(
    _ text: FileText, in descriptor: borrowing Descriptor, _ name: String
  ) throws(SystemCallError) -> Int {
    try commonPrefix(text, 0..<text.count, in: descriptor.number, name)
  }

  private func commonPrefix(
    _ text: FileText, _ part: Range<Int>, in descriptor: Int32, _ name: String
  ) throws(SystemCallError) -> Int {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
    defer { chunk.deallocate() }
    var place = part.lowerBound
    while place < part.upperBound {
      let room = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, part.upperBound - place)])
      guard try fill(room, from: descriptor, at: place, name) == room.count else { break }
      var isSame = true
      var compared = 0
      text.forEachPiece(in: place..<place + room.count) { own in
        if let start = own.baseAddress, let read = room.baseAddress {
          isSame = isSame && memcmp(start, read + compared, own.count) == 0
        }
        compared += own.count
      }
      guard isSame else { break }
      place += room.count
    }
    return place - part.lowerBound
  }
}
