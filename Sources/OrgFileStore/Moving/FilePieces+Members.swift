import OrgCore

/// A list of members as it is in the file.
package struct PieceList: Sendable {
  /// Whether the text is in the form in which the members are written.
  package fileprivate(set) var isUsual = true
  /// Whether the members are in the order of their joining, and of their ids where that is the same.
  package fileprivate(set) var isInOrder = true
  /// How many members there are; a user who is in the list again is counted once.
  package fileprivate(set) var count = 0
}

extension FilePieces {
  /// Goes through the members of an organization. Of a user who is in the list more than once, the first record counts.
  ///
  /// - Parameter body: is called with the user's id, the role, and the time in the usual form, which is empty for none; all
  ///   as UTF-8.
  package func forEachMember(
    at index: Int,
    _ body: (_ user: UnsafeRawBufferPointer, _ role: Role, _ time: UnsafeRawBufferPointer) -> Void
  ) -> PieceList {
    let table = contents.members
    let list = table.lists[index]
    var result = PieceList()
    guard let place = place(of: index, in: .lists) else { return result }
    let id = Array(contents.id(at: index).utf8)
    var known: Set<Int> = []
    known.reserveCapacity(Int(list.count))
    var before: (time: [UInt8], user: [UInt8]) = ([], [])
    table.bytes.withUnsafeBytes { bytes in
      var layout = UsualListLayout(
        bytes, id: id, open: Int(list.open), text: text(of: index, in: .lists), isFirst: place == 0)
      func take(_ user: UnsafeRawBufferPointer, _ role: Role, _ time: UnsafeRawBufferPointer) {
        var hasher = Hasher()
        hasher.combine(bytes: user)
        // By chance it happens once in the lifetime of the universe, and then a user is missing from the count.
        guard known.insert(hasher.finalize()).inserted else {
          layout.isUsual = false
          return
        }
        if result.isInOrder {
          let isAfter =
            before.time.elementsEqual(time)
            ? before.user.lexicographicallyPrecedes(user) : before.time.lexicographicallyPrecedes(time)
          if !isAfter, result.count > 0 { result.isInOrder = false }
          before = (Array(time), Array(user))
        }
        result.count += 1
        body(user, role, time)
      }
      for place in list.members {
        let start = Int(table.starts[place])
        layout.moveOn(to: start)
        if let member = UsualMember(bytes, at: start, id: id) {
          layout.end = member.end
          take(
            UnsafeRawBufferPointer(rebasing: bytes[member.user]), Role.inFiles[member.role],
            UnsafeRawBufferPointer(rebasing: bytes[member.time]))
          continue
        }
        let end = table.end(ofMember: place) ?? start
        let member = table.row(
          ofMember: place - list.members.lowerBound, at: index, organization: contents.id(at: index)
        ).member
        if !bytes[start..<end].elementsEqual(JSONText.element(member)) { layout.isUsual = false }
        layout.end = end
        Array(member.userID.utf8).withUnsafeBytes { user in
          let time = member.joinedAt == .unknown ? [] : Array(member.joinedAt.description.utf8)
          time.withUnsafeBytes { take(user, member.role, $0) }
        }
      }
      result.isUsual = layout.isAtEnd(hasMembers: list.count > 0)
    }
    return result
  }
}

/// Follows the text of a list as long as it is what would be written.
private struct UsualListLayout {
  private let bytes: UnsafeRawBufferPointer
  private let textEnd: Int
  var isUsual = true
  /// The end of the member before.
  var end: Int
  private var isFirstMember = true

  init(_ bytes: UnsafeRawBufferPointer, id: [UInt8], open: Int, text: ArraySlice<UInt8>?, isFirst: Bool) {
    self.bytes = bytes
    textEnd = text?.endIndex ?? open
    end = open + 1
    let id = String(decoding: id, as: UTF8.self)
    let start = (isFirst ? [] : JSONText.entrySeparator) + JSONText.encode(id) + Array(": [".utf8)
    isUsual = text.map { $0.starts(with: start) && $0.startIndex + start.count == open + 1 } ?? false
  }

  /// Looks at what is before a member.
  mutating func moveOn(to start: Int) {
    let expected: StaticString = isFirstMember ? "\n    " : ",\n    "
    isFirstMember = false
    var scanner = CanonicalRecordScanner(bytes, at: end)
    if !scanner.take(expected) || scanner.position != start { isUsual = false }
  }

  /// Looks at what is after the last member.
  func isAtEnd(hasMembers: Bool) -> Bool {
    var scanner = CanonicalRecordScanner(bytes, at: end)
    return isUsual && scanner.take(hasMembers ? "\n  ]" : "]") && scanner.position == textEnd
  }
}

/// A member whose record is exactly what would be written of it, without any escapes.
private struct UsualMember {
  let user: Range<Int>
  let role: Int
  let time: Range<Int>
  let end: Int

  private static let roleNames = Role.inFiles.map { Array($0.rawValue.utf8) }

  init?(_ bytes: UnsafeRawBufferPointer, at start: Int, id: [UInt8]) {
    var record = CanonicalRecordScanner(bytes, at: start)
    guard record.take("{\n      \"org_id\": \""), let organization = record.takeString(),
      id.withUnsafeBytes({ bytes[organization].elementsEqual($0) }),
      record.take(",\n      \"user_id\": \""), let user = record.takeString(),
      record.take(",\n      \"role\": \""), let roleName = record.takeString(),
      let role = record.place(of: roleName, among: Self.roleNames),
      record.take(",\n      \"joined_at\": \""), let time = record.takeTime(), record.take("\n    }"),
      bytes[user].allSatisfy({ $0 < 0x7F }), bytes[organization].allSatisfy({ $0 < 0x7F })
    else { return nil }
    // A fraction of zero isn't written.
    if time.count == 26, bytes[time].suffix(6).allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
    (self.user, self.role, self.time, end) = (user, role, time, record.position)
  }
}
