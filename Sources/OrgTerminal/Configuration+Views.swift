import OrgCore
import OrgViewModel

extension Configuration {
  /// The text of a configuration with a view in it. Everything else stays as it is, comments, too.
  ///
  /// - Throws: why the text can't be changed.
  package static func text(_ text: String, saving view: SavedView) throws(ConfigurationProblem) -> String {
    let reader = try TOMLReader(text)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let path = ["views", view.name]
    if let table = reader.tables.first(where: { $0.path == path }) {
      let end = reader.tables.map(\.place.line).filter { $0 > table.place.line }.min() ?? lines.count + 1
      // A value in brackets may take several lines, up to the next entry or comment.
      let entries = reader.entries.filter { Array($0.path.prefix(2)) == path }.map(\.place.line)
      var kept: [String] = []
      var isInValue = false
      for number in table.place.line + 1..<max(end, table.place.line + 1) {
        let line = lines[number - 1]
        let start = line.drop { $0 == " " || $0 == "\t" }.first
        if entries.contains(number) {
          isInValue = true
        } else if start == nil || start == "#" {
          isInValue = false
        }
        if !isInValue { kept.append(line) }
      }
      lines.replaceSubrange(table.place.line..<max(end - 1, table.place.line), with: settings(view) + kept)
    } else {
      if lines.last.map({ !$0.isEmpty }) ?? false { lines.append("") }
      lines += ["[views.\(key(view.name))]"] + settings(view)
    }
    let result = lines.joined(separator: "\n") + "\n"
    // What is written must be what is read again.
    let (configuration, problems) = read(result)
    guard problems.isEmpty || !read(text).problems.isEmpty, configuration.preferences.views.contains(view)
    else {
      throw problems.first
        ?? ConfigurationProblem(place: nil, message: "The view \(view.name.quoted) can't be written in it.")
    }
    return result
  }

  /// A name as the last part of a heading.
  private static func key(_ name: String) -> String {
    let isBare = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    return isBare && !name.isEmpty ? name : tomlText(name)
  }

  private static func settings(_ view: SavedView) -> [String] {
    var lines: [String] = []
    if view.list != .organizations { lines.append("list = \(tomlText(view.list.rawValue))") }
    lines.append("filter = \(tomlText(view.filter))")
    if let sort = view.sort { lines.append("sort = \(tomlText(sort))") }
    if let columns = view.columns {
      lines.append("columns = [\(columns.map { tomlText($0.name) }.joined(separator: ", "))]")
    }
    return lines
  }

  /// A text as a basic string of TOML.
  private static func tomlText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result += String(Character(scalar))
        }
      }
    }
    return result + "\""
  }
}
