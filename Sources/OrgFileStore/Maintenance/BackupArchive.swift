import FoundationEssentials
import OrgCore

/// A backup as the bytes of a single file: one line of JSON that contains both data files as text. It begins with the
/// SHA-256 of everything after it, and also contains the hash of each file.
public struct BackupArchive: Sendable {
  /// The backup in the archive.
  public let backup: Backup
  /// Whether it has checksums that would reveal any damage. Older versions of orgman wrote none.
  public let hasChecksums: Bool

  /// The maximum size of an archive, in bytes, for reading and writing.
  public static let longest = 2 << 30

  private static let formatName = "orgman backup"
  private static let currentVersion = 2
  private static let prefix = Array("{\"sha256\":\"".utf8)
  private static let separator = Array("\",".utf8)

  private struct Probe: Decodable {
    let format: String
    let version: Int
  }

  private struct Header: Decodable {
    let organizations, members: String

    enum CodingKeys: String, CodingKey {
      case organizations = "organizations.json"
      case members = "org_users.json"
    }
  }

  private struct Second: Codable {
    struct File: Codable {
      let sha256, text: String
    }

    var format = formatName
    var version = currentVersion
    let time: String
    let files: [String: File]
  }

  /// Encodes a backup.
  ///
  /// - Throws: `damagedData` if a file isn't text, `invalidValue` if the result would exceed `longest`.
  public static func bytes(of backup: Backup, at time: Timestamp = .now()) throws(OrgError) -> [UInt8] {
    var files: [String: Second.File] = [:]
    for (name, bytes) in backup.files {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw OrgError(.damagedData, "\(name) is no UTF-8, so it makes no good backup.")
      }
      files[name] = Second.File(sha256: sha256(bytes), text: text)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let body = try? encoder.encode(Second(time: time.description, files: files)) else {
      throw OrgError(.damagedData, "The data can't be written as a backup.")
    }
    let rest = Array(body.dropFirst()) + [UInt8(ascii: "\n")]
    let result = prefix + Array(sha256(rest).utf8) + separator + rest
    guard result.count <= longest else {
      throw OrgError(
        .invalidValue,
        "The data are larger than a backup can be, \(longest >> 30) GiB; copy the two files themselves.")
    }
    return result
  }

  /// Reads a backup written by `bytes(of:at:)` or by an older version of orgman.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - name: how to refer to it in messages.
  /// - Throws: `damagedData` for anything else, and if even a single bit differs.
  public init(reading bytes: [UInt8], named name: String) throws(OrgError) {
    func failure(_ reason: String) -> OrgError {
      OrgError(.damagedData, "\(name) \(reason), so nothing was restored.")
    }
    let decoder = JSONDecoder()
    guard bytes.starts(with: Self.prefix) else {
      let data = Data(bytes)
      guard bytes.first == .openBrace, let probe = try? decoder.decode(Probe.self, from: data),
        probe.format == Self.formatName
      else { throw failure("is no backup that orgman wrote") }
      guard probe.version == 1 else {
        throw failure(
          probe.version > Self.currentVersion
            ? "has version \(probe.version) of the format, which a newer orgman wrote"
            : "is damaged: its checksum is missing")
      }
      guard let file = try? decoder.decode(Header.self, from: data) else {
        throw failure("is damaged: it isn't whole")
      }
      backup = Backup(organizations: Array(file.organizations.utf8), members: Array(file.members.utf8))
      hasChecksums = false
      return
    }
    let tail = bytes[min(bytes.count, Self.prefix.count + 64)...]
    let rest = tail.dropFirst(Self.separator.count)
    guard tail.starts(with: Self.separator),
      bytes[Self.prefix.count..<Self.prefix.count + 64].elementsEqual(sha256(rest).utf8)
    else { throw failure("is damaged: it doesn't match its checksum") }
    let data = Data([UInt8.openBrace] + rest)
    guard let probe = try? decoder.decode(Probe.self, from: data), probe.format == Self.formatName else {
      throw failure("is no backup that orgman wrote")
    }
    guard probe.version == Self.currentVersion else {
      throw failure("has version \(probe.version) of the format, which another orgman wrote")
    }
    guard let archive = try? decoder.decode(Second.self, from: data) else {
      throw failure("is damaged: it isn't whole")
    }
    func text(_ file: String) throws(OrgError) -> [UInt8] {
      guard let entry = archive.files[file] else { throw failure("is damaged: it lacks \(file)") }
      let bytes = Array(entry.text.utf8)
      guard sha256(bytes) == entry.sha256 else {
        throw failure("is damaged: \(file) doesn't match its checksum")
      }
      return bytes
    }
    backup = Backup(
      organizations: try text(OrganizationTable.file), members: try text(MemberTable.file))
    hasChecksums = true
  }
}
