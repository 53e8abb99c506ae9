import Glibc
import OrgCore
import OrgRuntime
import OrgTerminal
import OrgViewModel

/// Keeps views in the configuration file.
struct ViewStore: ViewKeeper {
  func save(_ view: SavedView) throws(OrgError) {
    guard let path = ConfigurationFile.path else {
      throw OrgError(.system, "The view wasn't saved: there is no home directory for the configuration.")
    }
    let text: String
    do throws(ConfigurationProblem) {
      text = try Configuration.text(try ConfigurationFile.currentText(), saving: view)
    } catch {
      throw OrgError(.invalidValue, "The view wasn't saved: \(ConfigurationFile.sentence(error))")
    }
    try replace(path, with: text)
  }

  /// Replaces a file as a whole. A link to one elsewhere stays a link.
  private func replace(_ path: String, with text: String) throws(OrgError) {
    func failure() -> OrgError {
      OrgError(
        .system,
        "The view wasn't saved: \(path.escapedForDisplay) can't be written: \(String(cString: strerror(errno)))."
      )
    }
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    var place = ""
    for part in directory.split(separator: "/") {
      place += "/" + part
      guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw failure() }
    }
    var target = path
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
    var status = stat()
    let mode = stat(target, &status) == 0 ? status.st_mode & 0o777 : 0o600
    let draft = target + ".part-\(getpid())"
    unlink(draft)
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else { throw failure() }
    fchmod(file, mode)
    let bytes = Array(text.utf8)
    let isWritten = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count
    guard isWritten, fsync(file) == 0 else {
      let error = failure()
      close(file)
      unlink(draft)
      throw error
    }
    close(file)
    guard rename(draft, target) == 0 else {
      let error = failure()
      unlink(draft)
      throw error
    }
  }
}
