import ArgumentParser
import OrgCore
import OrgIntegrations

/// The option of commands that give rights to users.
struct UserOptions: ParsableArguments {
  @Flag(help: "Even if a user isn't in the directory that is configured, or is disabled there.")
  var newUser = false

  /// - Throws: `invalidIdentifier` for users whom the directory doesn't have or has disabled, and any error if it can't
  ///   be asked, unless that is meant.
  func check(_ users: [String]) throws(OrgError) {
    guard !newUser, !users.isEmpty, let directory = PeopleSources.configured else { return }
    let doubts: [String]
    do throws(OrgError) { doubts = try directory.doubts(about: users) } catch {
      throw OrgError(error.code, "\(error.message) To do without \(directory.title), say --new-user.")
    }
    guard !doubts.isEmpty else { return }
    throw OrgError(
      .invalidIdentifier, "\(doubts.joined(separator: " ")) To use such an id anyway, say --new-user.")
  }
}
