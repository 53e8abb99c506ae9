import ArgumentParser
import Glibc
import OrgCore
import OrgViewModel

extension CompletionKind {
  /// The names of organizations in the data.
  static var organizations: CompletionKind {
    .custom { words, _, prefix in Candidates.organizations(words, prefix) }
  }

  /// The known plans, and those in the data.
  static var plans: CompletionKind {
    .custom { words, _, prefix in Candidates.plans(words, prefix) }
  }
}

/// The candidates that a shell offers for completion.
private enum Candidates {
  /// The maximum number of candidates: users don't read more, and a shell would become slow.
  private static let limit = 500

  static func organizations(_ words: [String], _ prefix: String) -> [String] {
    guard let reader = reader(words) else { return [] }
    let isStart = reader.rules.isStartOfID(prefix)
    var candidates: [String] = []
    // A database may have a million of them.
    let query = prefix.isEmpty ? Query() : Query(containing: prefix)
    var last: String?
    repeat {
      let page =
        (try? reader.organizations(matching: query, after: last, limit: limit))
        ?? []
      add(page.map(\.organization), prefix, isStart, to: &candidates)
      last = page.count == limit ? page.last?.organization.id : nil
    } while last != nil && candidates.count < limit
    return candidates
  }

  private static func add(
    _ organizations: [Organization], _ prefix: String, _ isStart: Bool, to candidates: inout [String]
  ) {
    for organization in organizations {
      guard candidates.count < limit else { break }
      // If a shell might interpret the name, offer the ID instead.
      if isHarmless(organization.name), organization.name.hasPrefix(prefix) {
        candidates.append(organization.name)
      } else if isHarmless(organization.id), organization.id.hasPrefix(prefix),
        isStart || !isHarmless(organization.name)
      {
        candidates.append(organization.id)
      }
    }
  }

  static func plans(_ words: [String], _ prefix: String) -> [String] {
    let own = Set((try? reader(words)?.overview())?.plans.values.map(\.name) ?? [])
    let known = ConfigurationFile.load().configuration.preferences.planTiers
    let all = known + own.subtracting(known).sorted()
    return Array(all.filter { isHarmless($0) && $0.hasPrefix(prefix) }.prefix(limit))
  }

  private static func value(of option: String, in words: [String]) -> String? {
    var value: String?
    for (index, word) in words.enumerated() {
      if word == option, index + 1 < words.count { value = words[index + 1] }
      if word.hasPrefix(option + "=") { value = String(word.dropFirst(option.count + 1)) }
    }
    return value
  }

  private static func reader(_ words: [String]) -> (any StoreReader)? {
    guard let access = try? ActingUser.access(value(of: "--as", in: words)) else { return nil }
    return try? DataLocation(value(of: "--data", in: words)).open(
      isReadOnly: true, isShortLived: true, as: access, Preferences()
    ).store.reader()
  }

  /// Whether every shell treats a candidate as plain text. Bash expands offered candidates as it expands a command, so
  /// a name such as `$(reboot)` must never be offered.
  private static func isHarmless(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first != "-" else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      guard scalar.isASCII else { return scalar.isPlain && !scalar.properties.isWhitespace }
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", "-", "_", ".", ",", "+", "@", "/": return true
      default: return false
      }
    }
  }
}
