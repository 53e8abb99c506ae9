import Glibc
import OrgCore

extension Actor {
  /// The user who runs this process. Environment variables are recorded, but only as claims.
  public static func current() -> Actor {
    let uid = getuid()
    return Actor(
      uid: uid, user: userName(uid), login: loginName(), claimedSudoUser: variable("SUDO_USER"),
      claimedSSHClient: variable("SSH_CLIENT").flatMap { $0.split(separator: " ").first.map(String.init) },
      host: hostName())
  }

  /// The user who logged in. The kernel's audit system preserves this across `su` and `sudo`.
  private static func loginName() -> String? {
    guard let file = fopen("/proc/self/loginuid", "re") else { return nil }
    defer { fclose(file) }
    var number: UInt32 = 0
    guard withUnsafeMutablePointer(to: &number, { withVaList([$0]) { vfscanf(file, "%u", $0) } }) == 1,
      number != UInt32.max
    else { return nil }
    return userName(number)
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
