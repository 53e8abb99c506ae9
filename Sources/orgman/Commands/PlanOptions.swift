import ArgumentParser
import OrgCore

/// The option of commands that put organizations on a plan.
struct PlanOptions: ParsableArguments {
  @Flag(help: "Even if the plan is new: not configured, and no organization is on it.")
  var newPlan = false

  /// - Throws: `invalidValue` for a new plan, unless that is meant.
  func check(_ plan: String?, in reader: any StoreReader) throws(OrgError) {
    guard let plan, !newPlan else { return }
    let tiers = ConfigurationFile.load().configuration.preferences.planTiers
    guard !plan.nameKey.isEmpty,
      let near = try QuerySuggestion.plans(near: plan, in: reader, planTiers: tiers)
    else { return }
    let question = near.isEmpty ? "" : " Did you mean \(near.map(\.escapedForDisplay).alternatives)?"
    throw OrgError(
      .invalidValue,
      "No organization is on a plan \(plan.quoted), and it isn't configured.\(question) To use a new plan, say --new-plan."
    )
  }
}
