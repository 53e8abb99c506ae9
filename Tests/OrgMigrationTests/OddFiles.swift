extension Files {
  private static let known = "org_8c9dd973-7d11-4355-ae40-71f67e752ce4"

  /// Files that the service loads, in which everything is unusual that can be.
  static func odd() throws -> Files {
    try Files(
      #"""
       { "\#(known)" : {"id": "\#(known)", "name": "Caf\u00E9 \uD83D\uDE80", "created_at": "2026-11-22T21:51:10.076830Z",
          "plan_tier": "starter", "region": {"code": "eu-1", "zones": [1, 2.50, 1e3]}, "lago_customer_id": null,
          "stripe_customer_id": "cus_1", "status": "active", "flags": [] } ,
        "org_x": {
          "id": "org_x",
          "name": "Zo\u00eb's 株式会社",
          "status": "suspended"
        },
      "org_11111111-1111-4111-8111-111111111111": {
          "id": "org_11111111-1111-4111-8111-111111111111",
          "name": "Usual, but for its place",
          "created_at": "2020-01-02 03:04:05",
          "plan_tier": "founders_friend",
          "lago_customer_id": null,
          "stripe_customer_id": null,
          "status": "active"
        },
        "org_ABCDEF00-1111-4111-8111-111111111111": {
          "name": "Upper case",
          "id": "org_ABCDEF00-1111-4111-8111-111111111111",
          "created_at": "2021-01-02 03:04:05.123456789+02:00",
          "plan_tier": "a plan with \"quotes\", \\ and \ttabs\u001f",
          "lago_customer_id": "l",
          "status": "deleted"
        },
        "org_twice": {
          "id": "org_twice",
          "name": "First",
          "created_at": "2022-01-02 03:04:05",
          "plan_tier": "starter",
          "lago_customer_id": null,
          "stripe_customer_id": null,
          "status": "active"
        },
        "org_no list": {
          "id": "org_no list",
          "name": "Without a list",
          "created_at": "2019-01-02 03:04:05",
          "plan_tier": "starter",
          "lago_customer_id": null,
          "stripe_customer_id": null,
          "status": "active"
        },
        "org_twice": {
          "id": "org_twice",
          "name": "Second",
          "created_at": "2022-01-02 03:04:05",
          "plan_tier": "starter",
          "lago_customer_id": null,
          "stripe_customer_id": null,
          "status": "active"
        }
      }

      """#,
      #"""
      {"org_gone": [{"org_id": "org_gone", "user_id": "ghost", "role": "owner", "joined_at": "2026-01-01 00:00:00"}],
        "org_11111111-1111-4111-8111-111111111111": [
          {
            "org_id": "org_11111111-1111-4111-8111-111111111111",
            "user_id": "late",
            "role": "owner",
            "joined_at": "2026-11-22 21:51:10.076830"
          },
          {
            "org_id": "org_11111111-1111-4111-8111-111111111111",
            "user_id": "early",
            "role": "member",
            "joined_at": "2020-11-22 21:51:10"
          },
          {
            "org_id": "org_11111111-1111-4111-8111-111111111111",
            "user_id": "b\u00f6b\\",
            "role": "billing_admin",
            "joined_at": "2020-11-22 21:51:10"
          }
        ],
        "org_x": [
          {
            "user_id": "ann",
            "org_id": "org_x",
            "invited_by": {"user_id": "bob", "note": "déjà vu"},
            "joined_at": "2026-11-22"
          } , {
            "org_id": "org_x",
            "user_id": "ann",
            "role": "owner",
            "joined_at": "2026-11-22 21:51:10"
          },
          {
            "org_id": "org_x",
            "user_id": "tab\there",
            "role": "owner",
            "joined_at": "2026-11-22 21:51:10.000000"
          }
        ],
        "org_ABCDEF00-1111-4111-8111-111111111111": [],
        "\#(known)": [ ],
        "org_twice": [
          {
            "org_id": "org_twice",
            "user_id": "one",
            "role": "owner",
            "joined_at": "2026-11-22 21:51:10"
          }
        ]
      }
      """#)
  }
}
