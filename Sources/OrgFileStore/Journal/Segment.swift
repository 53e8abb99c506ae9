import Glibc
import OrgCore
import SystemPackage

/// A segment of the journal that is open for reading. Whether it is compressed makes no difference to places in it: they
/// count in its text.
final class Segment {
  static let suffix = ".jsonl"
  /// Follows the name of one that is compressed.
  static let compressedSuffix = ".zst"

  let name: String
  /// Bytes of its text.
  let size: Int
  /// What is wrong with it as a whole, so that none of its text can be read.
  let damage: String?
  private let file: Descriptor
  /// Where the text is, if it is compressed.
  private let table: FrameTable?
  /// The frame that was read last: lines are read one after the other.
  private var recent: (frame: Int, text: [UInt8])?

  /// Opens it. Where it is there in both forms, the compressed one is what a crash left, and doesn't count.
  init(_ name: String, _ directory: borrowing Descriptor, _ calls: SystemCalls) throws(SystemCallError) {
    self.name = name
    var isCompressed = false
    let file: Descriptor
    do throws(SystemCallError) {
      file = try calls.open(name, in: directory, O_RDONLY)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      isCompressed = true
      file = try calls.open(name + Self.compressedSuffix, in: directory, O_RDONLY)
    }
    let length = Int(try calls.status(file, name).st_size)
    // One with a hole has no end to look for a line in.
    guard length <= FileLimit.bytes else {
      throw SystemCallError(call: "read", subject: name, errno: .fileTooLarge)
    }
    if isCompressed {
      let tail = try calls.read(max(0, length - FrameTable.lengthLimit)..<length, of: file, name)
      let found = FrameTable(tail, fileLength: length)
      table = found ?? FrameTable()
      damage = found == nil ? "the table at the end of the compressed file can't be read" : nil
      size = found?.size ?? 0
    } else {
      (table, damage, size) = (nil, nil, length)
    }
    self.file = file
  }

  /// The same; `nil` where it is gone, as the oldest are when the history is shortened.
  static func present(
    _ name: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Segment? {
    do throws(SystemCallError) {
      return try Segment(name, directory, calls)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return nil
    }
  }

  /// The segment that a file has, compressed or not; `nil` for other files.
  static func name(ofFile name: String) -> String? {
    if name.hasSuffix(suffix) { return name }
    guard name.hasSuffix(compressedSuffix) else { return nil }
    let segment = String(Substring(name.utf8.dropLast(compressedSuffix.utf8.count)))
    return segment.hasSuffix(suffix) ? segment : nil
  }

  /// Bytes that it takes on the disk.
  static func lengthOnDisk(
    of name: String, _ directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) -> Int {
    do throws(SystemCallError) {
      return Int(try calls.status(of: name, in: directory).st_size)
    } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
      return Int(try calls.status(of: name + compressedSuffix, in: directory).st_size)
    }
  }

  /// Removes it in both forms.
  static func remove(
    _ name: String, in directory: borrowing Descriptor, _ calls: SystemCalls
  ) throws(SystemCallError) {
    for file in [name + compressedSuffix, name] {
      do { try calls.remove(file, in: directory) } catch  where error.errno == .noSuchFileOrDirectory {}
    }
  }

  /// Whether it is compressed: then nothing can be added to it.
  var isCompressed: Bool { table != nil }

  /// A part of its text; less where it is shorter by now. A frame that can't be decompressed reads as NUL bytes, so that
  /// the lines in it are damaged and those beside them aren't.
  func read(_ range: Range<Int>, _ calls: SystemCalls) throws(SystemCallError) -> [UInt8] {
    guard let table else { return try calls.read(range, of: file, name) }
    var text: [UInt8] = []
    var place = max(0, range.lowerBound)
    let end = min(range.upperBound, size)
    while place < end {
      let (frame, start) = place.quotientAndRemainder(dividingBy: FrameTable.frameLength)
      let part = try self.text(ofFrame: frame, table, calls)[start...].prefix(end - place)
      text += part
      place += part.count
    }
    return text
  }

  private func text(
    ofFrame frame: Int, _ table: FrameTable, _ calls: SystemCalls
  ) throws(SystemCallError) -> [UInt8] {
    if let recent, recent.frame == frame { return recent.text }
    let bytes = try calls.read(table.place(ofFrame: frame), of: file, name)
    let length = table.length(ofFrame: frame)
    let text = FrameTable.text(ofFrame: bytes, length: length) ?? [UInt8](repeating: 0, count: length)
    recent = (frame, text)
    return text
  }
}
