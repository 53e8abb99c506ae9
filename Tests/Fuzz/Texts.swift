import Glibc
@testable import OrgCore

@testable import OrgFileStore
@testable import OrgTerminal
@testable import orgman

func readCSV(_ bytes: [UInt8]) {
  withFile(bytes) { path in
    guard let source = try? ByteSource(path: path), let reader = try? CSVReader(source) else { return }
    importRows(reader, atMost: bytes.count + 1)
  }
}

/// As one document, and as one of several, each a line.
func readJSON(_ bytes: [UInt8]) {
  for isLines in [false, true] {
    withFile(bytes) { path in
      guard let source = try? ByteSource(path: path) else { return }
      importRows(JSONReader(source, isLines: isLines), atMost: bytes.count + 1)
    }
  }
}

private func importRows(_ reader: some RowReader, atMost most: Int) {
  var reader = reader
  var plan = ImportPlan(on: Sample.snapshot, allowsOwnerless: true)
  for step in 0... {
    require(step <= most, "there are more records than bytes")
    do {
      guard let row = try reader.next() else { break }
      plan.add(row)
    } catch let error as RowError {
      plan.refuse(error)
    } catch {
      break
    }
  }
  guard let preview = try? plan.checked(), (try? preview.check()) != nil,
    let made = try? Sample.contents.applying(preview.edit)
  else { return }
  made.contents.requireSame(
    as: FileContents(
      organizations: made.contents.organizations.bytes, members: made.contents.members.bytes),
    "after an import")
}

private let search = SearchIndex(Sample.snapshot)

func readQuery(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  do {
    let query = try Query(text)
    let found = search.filter(search.order, query)
    let one = search.order.filter { index in
      query.matches(Sample.contents.organization(at: Int(index)), at: Int(index), in: Sample.snapshot)
    }
    require(found == one, "the index finds \(found), going through all \(one)")
    require(query.isNarrower(than: query), "a query is wider than itself")
  } catch {
    require((0...text.unicodeScalars.count).contains(error.offset), "the place of an error is outside")
  }
}

func readConfiguration(_ bytes: [UInt8]) {
  let (_, problems) = Configuration.read(String(decoding: bytes, as: UTF8.self))
  for problem in problems {
    guard let place = problem.place else { continue }
    require(place.line >= 1 && place.column >= 1, "a problem stands before the file")
  }
}

/// A terminal that sends some bytes; 0xFF, which no text has, is a pause.
private final class Typist: KeySource {
  private var rest: ArraySlice<UInt8>
  private(set) var milliseconds: Int64 = 0

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  var isDone: Bool { rest.isEmpty }

  func nextCode(isWaiting: Bool) -> Int32? {
    guard let byte = rest.popFirst(), byte != 0xFF else {
      milliseconds += isWaiting ? Int64(KeyDecoder.pieceDelay) : 1
      return nil
    }
    // Codes beyond all bytes are those of keys.
    guard byte == 0xFE, let code = rest.popFirst() else { return Int32(byte) }
    return 0x100 + Int32(code)
  }
}

func readKeys(_ bytes: [UInt8]) {
  let typist = Typist(bytes)
  var decoder = KeyDecoder()
  var count = 0
  while !typist.isDone { count += decoder.keys(from: typist).count }
  require(count <= bytes.count, "there are more keys than bytes")
  require(decoder.keys(from: typist).count <= 1, "keys come from nowhere")
}

func readTime(_ bytes: [UInt8]) {
  let time = bytes.withUnsafeBufferPointer { Timestamp(utf8: $0) }
  if bytes.withUnsafeBytes({ CanonicalRecordScanner.isTime($0, 0..<$0.count) }) {
    require(time != nil, "a usual time is none")
  }
  guard let time else { return }
  require(Timestamp(time.description) == time, "\(time) can't be read again")
  require(time.description.hasPrefix(time.minuteText) && time.minuteText.hasPrefix(time.dayText), "\(time)")
}

func readLockHolder(_ bytes: [UInt8]) {
  _ = "\(FileLock.holder(bytes, waited: 0))"
}
