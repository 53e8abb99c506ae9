/// Names that people take for one another: alike but for case, blanks, punctuation, and legal forms at the end.
///
/// `Acme Corp.`, `ACME, Inc.` and `acme` are similar.
package enum SimilarName {
  /// Legal forms.
  package static let suffixes = [
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated",
    "kg", "kk",
    "limited", "llc", "llp", "lp", "ltd", "mbh", "nv", "oy", "plc", "pte", "pty", "sa", "sarl", "sas", "se",
    "spa", "srl",
  ]
  /// What is left out within a word: `O'Neil`, `G.m.b.H.`
  package static let dropped: [UInt32] = [0x27, 0x2E, 0x2018, 0x2019]
  /// Characters that separate words, in addition to all ASCII characters except letters and digits.
  package static let separators: [UInt32] =
    [0x85, 0xA0, 0xB7, 0x1680] + Array(0x2000...0x200A) + Array(0x2010...0x2015)
    + [0x2022, 0x2026, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x3001, 0x3002, 0x30FB]

  private static let suffixBytes = Set(suffixes.map { Array($0.utf8) })
  private static let longestSuffix = suffixes.map(\.utf8.count).max() ?? 0
  private static let droppedScalars = Set(dropped)
  private static let separatingScalars = Set(separators)

  /// What similar names have in common; empty for a name without letters and digits.
  package static func key(_ name: String) -> [UInt8] {
    var name = name
    if let key = name.withUTF8({ Self.key(ascii: UnsafeRawBufferPointer($0)) }) { return key }
    var key = Key()
    for scalar in name.lowercased().unicodeScalars {
      if scalar.isASCII {
        key.add(UInt8(truncatingIfNeeded: scalar.value))
      } else if separatingScalars.contains(scalar.value) {
        key.isApart = true
      } else if !droppedScalars.contains(scalar.value) {
        key.append(String(scalar).utf8)
      }
    }
    return key.withoutSuffixes()
  }

  /// The same of a name in ASCII; `nil` for any other.
  package static func key(ascii name: UnsafeRawBufferPointer) -> [UInt8]? {
    guard name.allSatisfy({ $0 < 0x80 }) else { return nil }
    var key = Key()
    for byte in name { key.add(byte) }
    return key.withoutSuffixes()
  }

  /// Words with a blank between them.
  private struct Key {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    /// Whether a new word begins.
    var isApart = true

    mutating func add(_ byte: UInt8) {
      switch byte {
      case 0x41...0x5A: append(CollectionOfOne(byte | 0x20))
      case 0x30...0x39, 0x61...0x7A: append(CollectionOfOne(byte))
      case 0x27, 0x2E: break
      default: isApart = true
      }
    }

    mutating func append(_ letter: some Sequence<UInt8>) {
      if isApart {
        if !bytes.isEmpty { bytes.append(0x20) }
        starts.append(bytes.count)
        isApart = false
      }
      bytes.append(contentsOf: letter)
    }

    func withoutSuffixes() -> [UInt8] {
      var end = bytes.count
      for start in starts.dropFirst().reversed() {
        guard end - start <= longestSuffix, suffixBytes.contains(Array(bytes[start..<end])) else { break }
        end = start - 1
      }
      return Array(bytes[..<end])
    }
  }
}

/// Which of many have something in common with another, such as a name or an id.
package struct Duplicates: Sendable {
  private var flags: [Bool]
  /// How many have.
  package private(set) var count = 0

  /// Looks at each once.
  ///
  /// - Parameter hash: what equal ones have in common; `nil` for one that is like none.
  package init(of count: Int, hash: (Int) -> Int?) {
    flags = Array(repeating: false, count: count)
    var first: [Int: Int] = [:]
    first.reserveCapacity(count)
    for index in 0..<count {
      guard let hash = hash(index) else { continue }
      guard let earlier = first[hash] else {
        first[hash] = index
        continue
      }
      mark(earlier)
      mark(index)
    }
  }

  private mutating func mark(_ index: Int) {
    if !flags[index] { count += 1 }
    flags[index] = true
  }

  /// Whether there is another like this.
  package subscript(index: Int) -> Bool { flags[index] }
}

extension Organization {
  /// What it has in common with others that have the same value in an optional field, or a similar name, and aren't deleted.
  package func hash(of field: OrganizationField) -> Int? {
    guard field == .name else { return self[field].map { Array($0.utf8).hashValue } }
    guard status != .deleted else { return nil }
    let key = SimilarName.key(name)
    return key.isEmpty ? nil : key.hashValue
  }
}

/// Several organizations that aren't deleted and have similar names.
public struct SimilarNames: Sendable, Hashable {
  /// How many organizations they are.
  public let count: Int
  /// The names of the first of them.
  public let names: [String]

  /// How many names are given.
  public static let nameLimit = 3

  /// `3 organizations have similar names: "Acme", "ACME, Inc." and "acme".`
  public var sentence: String {
    let rest = count > names.count ? ["\(count - names.count) more"] : []
    let shown = names.map(\.quoted) + rest
    return
      "\(count) organizations have similar names: \(shown.dropLast().joined(separator: ", ")) and \(shown.last ?? "")."
  }
}

extension StoreReader {
  /// How many organizations are looked at for similar names.
  private static var similarLimit: Int { 1000 }

  /// Organizations with similar names, the most first; where there are very many, not all of them.
  public func similarNames(limit: Int) throws(OrgError) -> [SimilarNames] {
    let query = Query(terms: [QueryTerm(.duplicate(.name))])
    var found: [[UInt8]: [String]] = [:]
    for row in try organizations(matching: query, after: nil, limit: Self.similarLimit) {
      found[SimilarName.key(row.organization.name), default: []].append(row.organization.name)
    }
    let groups = found.values.filter { $0.count > 1 }.map { names in
      SimilarNames(count: names.count, names: Array(names.prefix(SimilarNames.nameLimit)))
    }
    return Array(groups.sorted { ($1.count, $0.names[0]) < ($0.count, $1.names[0]) }.prefix(limit))
  }
}
