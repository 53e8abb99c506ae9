import Glibc
import OrgCore
import SystemPackage

extension FileStore {
  /// The current holder of a data directory's lock, found without requesting the lock, which
  /// could delay other processes.
  ///
  /// - Parameter path: the data directory.
  /// - Returns: the holder; `nil` if the lock is free or its state is unknown.
  public static func lockHolder(inDirectory path: String) -> Contention? {
    let file = open(
      "\(path)/\(DataDirectory.privateName)/\(FileLock.name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, isLocked(status.st_ino) else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(file, &bytes, bytes.count)
    return FileLock.holder(bytes[..<max(0, count)], waited: 0)
  }

  /// Whether the kernel's list of locks contains one on a file, given its inode.
  private static func isLocked(_ inode: ino_t) -> Bool {
    guard let file = fopen("/proc/locks", "re") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      // 1: FLOCK  ADVISORY  WRITE 4121 08:01:131090 0 EOF
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let words = text.split(separator: " ")
      if words.count > 5, words[1] == "FLOCK", words[5].split(separator: ":").last == Substring("\(inode)") {
        return true
      }
    }
    return false
  }
}
