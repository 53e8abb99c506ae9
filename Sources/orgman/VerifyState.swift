import FoundationEssentials
import Glibc
import OrgCore
import OrgIntegrations

/// Keeps what `orgman verify` learned before it was ended, for the user alone.
enum VerifyState {
  /// How long it is worth something, in seconds.
  private static let lifetime = 3600
  private static let limit = 1 << 30

  private static var directory: String? { UserDirectory.path("XDG_CACHE_HOME", ".cache") }

  /// Reads what an earlier run learned.
  ///
  /// - Throws: `dataNotFound` if there is nothing, or it is too old.
  static func load() throws(OrgError) -> BillingState {
    let refusal = OrgError(
      .dataNotFound,
      "No run of orgman verify ended early within the last hour, so there is nothing to go on with; leave --resume out."
    )
    guard let directory else { throw refusal }
    let file = open(directory + "/verify.json", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard file >= 0 else { throw refusal }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_size <= limit, status.st_mtim.tv_sec > time(nil) - lifetime,
      status.st_mtim.tv_sec <= time(nil)
    else { throw refusal }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, bytes.count <= limit else { throw refusal }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    do {
      return try JSONDecoder().decode(BillingState.self, from: Data(bytes))
    } catch {
      throw refusal
    }
  }

  /// Keeps what was learned, or removes what was, if there is nothing. That it can't be kept is said.
  static func save(_ state: BillingState?) {
    guard let directory else { return }
    let path = directory + "/verify.json"
    guard let state else {
      unlink(path)
      return
    }
    let new = "\(path).\(getpid())"
    do {
      var place = ""
      for part in directory.split(separator: "/") {
        place += "/" + part
        guard mkdir(place, 0o700) == 0 || errno == EEXIST else {
          throw OutputFile.failure(place, "can't be created", errno)
        }
      }
      try OutputFile.write(Array(JSONEncoder().encode(state)), to: new)
      guard rename(new, path) == 0 else { throw OutputFile.failure(path, "can't be written", errno) }
    } catch {
      unlink(new)
      FileHandle.standardError("orgman: What is known can't be kept for --resume: \(error)\n")
    }
  }
}
