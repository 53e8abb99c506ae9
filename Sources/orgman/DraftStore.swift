import Dispatch
import FoundationEssentials
import Glibc
import OrgCore
import OrgViewModel
import Synchronization
import SystemPackage

/// Saves what is typed in an edit pane: one file per process, in a directory that only the user can read. Files are
/// written on a separate thread, shortly after something was typed.
final class DraftStore: Sendable {
  /// The content of a file.
  private struct Kept: Codable {
    var version = 1
    /// The data directory.
    var directory: String
    var host: String
    /// The user who logged in, in case several people share an account.
    var login: String?
    var pid: Int32
    /// The start time of the process in the kernel's units, because another process may have the same ID by now.
    var started: String
    var draft: Draft
  }

  private struct State {
    /// The draft to write, or an inner `nil` to leave none behind.
    var wanted: Draft??
    var isScheduled = false
    /// The file of an earlier process whose draft was offered.
    var offered: String?
    var hasFailed = false
  }

  private static let moment = DispatchTimeInterval.milliseconds(300)
  /// The maximum size in bytes: no draft is larger.
  private static let limit = 256 << 10

  private let path: String
  private let directory: String
  /// The prefix of the names of all files for this data directory.
  private let prefix: String
  private let name: String
  private let queue = DispatchQueue(label: "orgman.drafts")
  private let state = Mutex(State())
  private let fail: @Sendable (OrgError) -> Void

  /// Saves drafts for a data directory; `nil` if there is no home directory to save them in.
  ///
  /// - Parameter fail: called once with the reason if something can't be saved.
  init?(for data: String, fail: @escaping @Sendable (OrgError) -> Void) {
    guard let state = UserDirectory.path("XDG_STATE_HOME", ".local/state") else { return nil }
    // The home directory of an account may not exist, and shouldn't be created for this.
    if UserDirectory.variable("XDG_STATE_HOME") == nil,
      access(UserDirectory.variable("HOME") ?? "", F_OK) != 0
    {
      return nil
    }
    path = state + "/drafts"
    if let real = realpath(data, nil) {
      directory = String(cString: real)
      free(real)
    } else {
      directory = data
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in directory.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    prefix = String(hash, radix: 16) + "-"
    name = "\(prefix)\(getpid()).json"
    self.fail = fail
  }

  // MARK: Keeping

  /// Saves a draft after a short delay.
  func save(_ draft: Draft) {
    let isFirst = state.withLock { state in
      defer { state.isScheduled = true }
      state.wanted = .some(draft)
      return !state.isScheduled
    }
    if isFirst { queue.asyncAfter(deadline: .now() + Self.moment) { [self] in write() } }
  }

  /// Removes the saved draft and the one that was offered.
  func drop() {
    state.withLock { $0.wanted = .some(nil) }
    queue.async { [self] in write() }
  }

  /// Keeps the offered draft for the next start.
  func leave() { state.withLock { $0.offered = nil } }

  /// Writes pending changes before the program ends.
  func finish() { queue.sync { write() } }

  private func write() {
    let (wanted, offered) = state.withLock { state in
      defer {
        state.wanted = nil
        state.isScheduled = false
      }
      return (state.wanted, state.offered)
    }
    guard let wanted else { return }
    do throws(OrgError) {
      guard let folder = try folder(isCreated: wanted != nil) else { return }
      defer { close(folder) }
      if let wanted { try put(wanted, in: folder) } else { unlinkat(folder, name, 0) }
      guard let offered else { return }
      unlinkat(folder, offered, 0)
      state.withLock { $0.offered = nil }
    } catch {
      let isFirst = state.withLock { state in
        defer { state.hasFailed = true }
        return !state.hasFailed
      }
      if isFirst { fail(error) }
    }
  }

  private func put(_ draft: Draft, in folder: Int32) throws(OrgError) {
    let kept = Kept(
      directory: directory, host: Self.host, login: Self.login, pid: getpid(),
      started: Self.start(of: getpid()) ?? "",
      draft: draft)
    guard let bytes = try? JSONEncoder().encode(kept) else { return }
    let fresh = ".\(name)"
    unlinkat(folder, fresh, 0)
    let file = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("\(path)/\(fresh)") }
    var isKept = false
    defer {
      close(file)
      if !isKept { unlinkat(folder, fresh, 0) }
    }
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("\(path)/\(fresh)") }
      rest = rest.dropFirst(count)
    }
    guard fdatasync(file) == 0, renameat(folder, fresh, folder, name) == 0 else {
      throw failure("\(path)/\(name)")
    }
    isKept = true
  }

  /// Opens the directory, creating it if requested; `nil` if it doesn't exist.
  private func folder(isCreated: Bool) throws(OrgError) -> Int32? {
    if isCreated {
      var part = ""
      for name in path.split(separator: "/") {
        part += "/" + name
        if mkdir(part, 0o700) != 0, errno != EEXIST { throw failure(part) }
      }
    }
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else {
      if errno == ENOENT, !isCreated { return nil }
      throw failure(path)
    }
    var status = stat()
    guard fstat(folder, &status) == 0, status.st_uid == geteuid(), fchmod(folder, 0o700) == 0 else {
      close(folder)
      throw OrgError(
        .unsafeDirectory, "What you type can't be kept: \(path.escapedForDisplay) belongs to another user.")
    }
    return folder
  }

  private func failure(_ place: String) -> OrgError {
    OrgError(
      Errno(rawValue: errno), "What you type can't be kept in case orgman ends: \(place.escapedForDisplay)")
  }

  // MARK: Offering

  /// The latest draft of a process that is no longer running. From now on it is dropped along with this process's own.
  func offer() -> Draft? {
    guard let opened = try? folder(isCreated: false), let entries = fdopendir(opened) else { return nil }
    defer { closedir(entries) }
    var best: (name: String, time: timespec, draft: Draft)?
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("." + prefix), let pid = Int32(name.dropFirst(prefix.count + 1).prefix { $0 != "." }),
        Self.start(of: pid) == nil
      {
        // A killed process left an incomplete file.
        unlinkat(opened, name, 0)
      }
      guard name.hasPrefix(prefix), let (kept, time) = read(name, in: opened), kept.directory == directory,
        kept.host == Self.host, kept.login == Self.login, Self.start(of: kept.pid) != kept.started
      else { continue }
      if let best, (best.time.tv_sec, best.time.tv_nsec) >= (time.tv_sec, time.tv_nsec) { continue }
      best = (name, time, kept.draft)
    }
    state.withLock { $0.offered = best?.name }
    return best?.draft
  }

  // MARK: Erasing

  /// The number of this user's drafts for a data directory that contain any of the given texts.
  static func count(mentioning texts: [String], for data: String) -> Int {
    DraftStore(for: data) { _ in }?.names(mentioning: texts).count ?? 0
  }

  /// Removes this user's drafts for a data directory that contain any of the given texts.
  static func remove(mentioning texts: [String], for data: String) {
    guard let store = DraftStore(for: data, fail: { _ in }), let folder = try? store.folder(isCreated: false)
    else { return }
    defer { close(folder) }
    for name in store.names(mentioning: texts) { unlinkat(folder, name, 0) }
  }

  private func names(mentioning texts: [String]) -> [String] {
    guard let opened = try? folder(isCreated: false), let entries = fdopendir(opened) else { return [] }
    defer { closedir(entries) }
    var found: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix) || name.hasPrefix("." + prefix), let (kept, _) = read(name, in: opened),
        let bytes = try? JSONEncoder().encode(kept.draft)
      else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      if texts.contains(where: { text.contains($0) }) { found.append(name) }
    }
    return found
  }

  private func read(_ name: String, in folder: Int32) -> (Kept, timespec)? {
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      (1...Self.limit).contains(Int(status.st_size))
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    guard count == bytes.count, let kept = try? JSONDecoder().decode(Kept.self, from: Data(bytes)),
      kept.version == 1
    else { return nil }
    return (kept, status.st_mtim)
  }

  /// The ID of the user who logged in, from `sudo` or from the kernel; `nil` if unknown.
  private static var login: String? {
    if let user = UserDirectory.variable("SUDO_UID") { return user }
    let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8)
    return text.flatMap { UInt32($0) }.flatMap { $0 == .max ? nil : String($0) }
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The start time of a process; `nil` if there is no such process, or it is a zombie.
  private static func start(of pid: Int32) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      // The name in parentheses may contain any characters.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[end...].split(separator: " ")
    return fields.count > 20 && fields[1] != "Z" && fields[1] != "X" ? String(fields[20]) : nil
  }
}
