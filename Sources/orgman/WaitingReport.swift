import OrgCore
import Synchronization

/// Says on standard error whom a command waits for, once that takes long enough to wonder.
enum WaitingReport {
  private static let patience = 1000
  /// Who was named last.
  private static let named = Mutex<String?>(nil)

  static func watch(_ store: any OrgStore) {
    (store as? any WaitReportingStore)?.observeWaiting { say($0) }
  }

  private static func say(_ holder: Contention) {
    guard holder.waitedMilliseconds >= patience else { return }
    let who = "\(holder.program) \(holder.origin) \(holder.user)"
    let isNew = named.withLock { named in
      defer { named = who }
      return named != who
    }
    guard isNew else { return }
    let zone = ConfigurationFile.load().configuration.preferences.timeZone
    FileHandle.standardError(
      holder.outcomeSource == nil
        ? "orgman: Waiting: the data are \(holder.text(in: zone)). ^C gives it up.\n"
        : "orgman: Waiting: the server can't be reached, so it isn't known whether the change was saved.\n")
  }
}
