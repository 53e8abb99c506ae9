/// Screens that somebody has looked at; the tests for the renderer record them.
enum Golden {
  static let frames: [String: String] = [
    "1x1": #"""
    o
    [cursor 0, 0]
    """#,
    "20x5": #"""
    orgman needs 40x10;
    this is 20x5.



    [cursor 0, 0]
    """#,
    "39x9": #"""
    orgman needs 40x10; this is 39x9.








    [cursor 0, 0]
    """#,
    "billing 120x32": #"""
     orgman  Billing                                                                /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization                  Problem
    ▸! stripe-missing                Acme Corp                     Stripe has no customer cus_NffrFeUfNV2Hib.
     ! metadata-names-other          evil \u{1B}[2J\u{202E}name\n… The metadata of the customer cus_1 name another organiza…
     ! orphan-customer               at Stripe                     No organization has the customer cus_1.
     i lago-id-is-email              株式会社みらい                The customer's id at Lago is an e-mail address, which ma…
     ? unknown                       at Stripe                     Lago didn't answer in time. 3 organizations couldn't be …



















     Stripe has no customer cus_NffrFeUfNV2Hib. Repair: Stripe id of Acme Corp: cus_NffrFeUfNV2Hib → cus_new.


     1/5

     Enter go there  u undo  r verify  f repair  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "billing 40x10": #"""
     Billing   /srv/ops/data  7 orgs   live
       Kind ▲             Organizat… Problem
    ▸! stripe-missing     Acme Corp  Stripe…
     ! metadata-names-ot… evil …     The me…
     ! orphan-customer    at Stripe  No org…
     Stripe has no customer
     cus_NffrFeUfNV2Hib. Repair: Stripe id…
     1/5

     Enter go there  u undo  ? help  q back
    [cursor 0, 2]
    """#,
    "billing 80x24": #"""
     orgman  Billing                        /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization    Problem
    ▸! stripe-missing                Acme Corp       Stripe has no customer cus_N…
     ! metadata-names-other          evil \u{1B}[2J… The metadata of the customer…
     ! orphan-customer               at Stripe       No organization has the cust…
     i lago-id-is-email              株式会社みらい  The customer's id at Lago is…
     ? unknown                       at Stripe       Lago didn't answer in time. …











     Stripe has no customer cus_NffrFeUfNV2Hib. Repair: Stripe id of Acme Corp:
     cus_NffrFeUfNV2Hib → cus_new.

     1/5

     Enter go there  r verify  f repair  1-5 screens  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "billing end 120x32": #"""
     orgman  Billing                                                                /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization                  Problem
    •! stripe-missing                Acme Corp                     Stripe has no customer cus_NffrFeUfNV2Hib.
     ! metadata-names-other          evil \u{1B}[2J\u{202E}name\n… The metadata of the customer cus_1 name another organiza…
     ! orphan-customer               at Stripe                     No organization has the customer cus_1.
     i lago-id-is-email              株式会社みらい                The customer's id at Lago is an e-mail address, which ma…
    ▸? unknown                       at Stripe                     Lago didn't answer in time. 3 organizations couldn't be …



















     Lago didn't answer in time. 3 organizations couldn't be compared with it.


     1 marked   5/5

     f repair  Space mark  U unmark  x export  / filter  : more  ? help  q back
    [cursor 0, 6]
    """#,
    "billing end 40x10": #"""
     Billing   /srv/ops/data  7 orgs   live
       Kind ▲             Organizat… Problem
     ! orphan-customer    at Stripe  No org…
     i lago-id-is-email   株式会社…  The cu…
    ▸? unknown            at Stripe  Lago d…
     Lago didn't answer in time. 3
     organizations couldn't be compared wi…
     1 marked   5/5

     f repair  Space mark  ? help  q back
    [cursor 0, 4]
    """#,
    "billing end 80x24": #"""
     orgman  Billing                        /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization    Problem
    •! stripe-missing                Acme Corp       Stripe has no customer cus_N…
     ! metadata-names-other          evil \u{1B}[2J… The metadata of the customer…
     ! orphan-customer               at Stripe       No organization has the cust…
     i lago-id-is-email              株式会社みらい  The customer's id at Lago is…
    ▸? unknown                       at Stripe       Lago didn't answer in time. …











     Lago didn't answer in time. 3 organizations couldn't be compared with it.


     1 marked   5/5

     f repair  Space mark  U unmark  x export  / filter  : more  ? help  q back
    [cursor 0, 6]
    """#,
    "billing nothing 120x32": #"""
     orgman  Billing                                                                /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization                  Problem
     Nothing matches "zz".
     Esc clears the filter.

























     /zz                                                                                                             0 of 5

     Enter go there  u undo  r verify  f repair  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "billing nothing 40x10": #"""
     Billing   /srv/ops/data  7 orgs   live
       Kind ▲             Organizat… Problem
     Nothing matches "zz".
     Esc clears the filter.



     /zz                             0 of 5

     Enter go there  u undo  ? help  q back
    [cursor 0, 2]
    """#,
    "billing nothing 80x24": #"""
     orgman  Billing                        /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization    Problem
     Nothing matches "zz".
     Esc clears the filter.

















     /zz                                                                     0 of 5

     Enter go there  r verify  f repair  1-5 screens  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "billing repair 120x32": #"""
     orgman  Billing                                                                /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization                  Problem
    ▸• stripe-missing                Acme Corp                     Stripe has no customer cus_NffrFeUfNV2Hib.
    •! metadata-names-other          evil \u{1B}[2J\u{202E}name\n… The metadata of the customer cus_1 name another organiza…
    •! orphan-customer               at Stripe                     No organization has the customer cus_1.
    •i lago-id-is-email              株式会社みらい                The customer's id at Lago is an e-mail address, which ma…
    •? unknown                       at Stripe                     Lago didn't answer in time. 3 organizations couldn't be …



















     Stripe has no customer cus_NffrFeUfNV2Hib. Repair: Stripe id of Acme Corp: cus_NffrFeUfNV2Hib → cus_new.


     5 marked   1/5
     Repair 5 findings about billing? 1 will change, for 4 it isn't certain what would be right.   No    Yes
     y yes  n no  Esc cancel
    [cursor 95, 30]
    """#,
    "billing repair 40x10": #"""
     Billing   /srv/ops/data  7 orgs   live
       Kind ▲             Organizat… Problem
    ▸• stripe-missing     Acme Corp  Stripe…
    •! metadata-names-ot… evil …     The me…
    •! orphan-customer    at Stripe  No org…
     Stripe has no customer
     Repair 5 findings about billing? 1
     will change, for 4 it isn't certain
     what would be right.   No    Yes
     y yes  n no  Esc cancel
    [cursor 24, 8]
    """#,
    "billing repair 80x24": #"""
     orgman  Billing                        /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization    Problem
    ▸• stripe-missing                Acme Corp       Stripe has no customer cus_N…
    •! metadata-names-other          evil \u{1B}[2J… The metadata of the customer…
    •! orphan-customer               at Stripe       No organization has the cust…
    •i lago-id-is-email              株式会社みらい  The customer's id at Lago is…
    •? unknown                       at Stripe       Lago didn't answer in time. …











     Stripe has no customer cus_NffrFeUfNV2Hib. Repair: Stripe id of Acme Corp:
     cus_NffrFeUfNV2Hib → cus_new.

     Repair 5 findings about billing? 1 will change, for 4 it isn't certain what
     would be right.   No    Yes
     y yes  n no  Esc cancel
    [cursor 19, 22]
    """#,
    "billing stale 120x32": #"""
     orgman  Billing                                                                /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization                  Problem
    ▸~ stripe-missing                Acme Corp                     changed since: Stripe has no customer cus_NffrFeUfNV2Hib.
     ! metadata-names-other          evil \u{1B}[2J\u{202E}name\n… The metadata of the customer cus_1 name another organiza…
     ! orphan-customer               at Stripe                     No organization has the customer cus_1.
     i lago-id-is-email              株式会社みらい                The customer's id at Lago is an e-mail address, which ma…
     ? unknown                       at Stripe                     Lago didn't answer in time. 3 organizations couldn't be …



















     Stripe has no customer cus_NffrFeUfNV2Hib. The organization has changed since.


     1/5

     Enter go there  u undo  r verify  f repair  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "billing stale 40x10": #"""
     Billing   /srv/ops/data  7 orgs   live
       Kind ▲             Organizat… Problem
    ▸~ stripe-missing     Acme Corp  change…
     ! metadata-names-ot… evil …     The me…
     ! orphan-customer    at Stripe  No org…
     Stripe has no customer
     cus_NffrFeUfNV2Hib. The organization …
     1/5

     Enter go there  u undo  ? help  q back
    [cursor 0, 2]
    """#,
    "billing stale 80x24": #"""
     orgman  Billing                        /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization    Problem
    ▸~ stripe-missing                Acme Corp       changed since: Stripe has no…
     ! metadata-names-other          evil \u{1B}[2J… The metadata of the customer…
     ! orphan-customer               at Stripe       No organization has the cust…
     i lago-id-is-email              株式会社みらい  The customer's id at Lago is…
     ? unknown                       at Stripe       Lago didn't answer in time. …











     Stripe has no customer cus_NffrFeUfNV2Hib. The organization has changed
     since.

     1/5

     Enter go there  r verify  f repair  1-5 screens  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "billing without a key 120x32": #"""
     orgman  Billing                                                                /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization                  Problem
     No key to a billing service is configured.




























     Enter go there  u undo  r verify  f repair  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "billing without a key 40x10": #"""
     Billing   /srv/ops/data  7 orgs   live
       Kind ▲             Organizat… Problem
     No key to a billing service is
     configured.





     Enter go there  u undo  ? help  q back
    [cursor 0, 2]
    """#,
    "billing without a key 80x24": #"""
     orgman  Billing                        /srv/ops/data  7 orgs  4 members   live
       Kind ▲                        Organization    Problem
     No key to a billing service is configured.




















     Enter go there  r verify  f repair  1-5 screens  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "bulk 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │▸alice •               owner          2026-11-22
                                                                           │•bob                   member         2026-11-22
                                                                           │•carol                 billing        2026-11-22
                                                                           │•dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2 of these 3 are the only owners of Acme Corp (alice and dave); one of them must stay an owner. Give 4 members the
     role member? 1 will change, 1 needs no change, 2 can't be changed.   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 70, 30]
    """#,
    "bulk 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     2 of these 3 are the only owners of
     Acme Corp (alice and dave); one of
     them must stay an owner. Give 4
     members the role member? 1 will
     change, 1 needs no change, 2 can't be
     changed.   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 12, 8]
    """#,
    "bulk 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    ▸alice •                                               owner          2026-11-22
    •bob                                                   member         2026-11-22
    •carol                                                 billing        2026-11-22
    •dave                                                  owner          2026-11-22






     2 of these 3 are the only owners of Acme Corp (alice and dave); one of them
     must stay an owner. Give 4 members the role member? 1 will change, 1 needs no
     change, 2 can't be changed.   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 31, 22]
    """#,
    "bulk form 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Plan of 2 organizations, all marked
    •Acme Corp                          founders_friend  active          4 │
    •evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸Plan      enterprise
    ▸Globex                             enterprise       active          0 │           founders_friend, starter,
     Initech                            starter          suspended       0 │           professional, enterprise, other…
     Umbrella                           professional     deleted         0 │
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │
     株式会社みらい                     enterprise       active          0 │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2 marked   3/7

     Enter save  F1 help  Esc cancel
    [cursor 93, 3]
    """#,
    "bulk form 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Plan of 2 organizations, all marked

    ▸Plan      enterprise
               founders_friend, starter,
               professional, enterprise,
               other…
     2 marked   3/7

     Enter save  F1 help  Esc cancel
    [cursor 21, 3]
    """#,
    "bulk form 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Plan of 2 organizations, all marked

    ▸Plan      enterprise
               founders_friend, starter, professional, enterprise, other…
















     2 marked   3/7

     Enter save  F1 help  Esc cancel
    [cursor 21, 3]
    """#,
    "conflict 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Edit Acme Corp
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │ Name      Acme Corp
     Globex                             enterprise       active          0 │▸Plan      x
     Initech                            starter          suspended       0 │           founders_friend, starter,
     Umbrella                           professional     deleted         0 │           professional, enterprise, other…
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Status    ‹ active ›
     株式会社みらい                     enterprise       active          0 │ Lago id
                                                                           │ Stripe id cus_NffrFeUfNV2Hib
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     The plan "x" isn't configured; there are founders_friend, starter, professional, enterprise. Use it all the same?
      No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 2, 30]
    """#,
    "conflict 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Edit Acme Corp

     Name      Acme Corp
    ▸Plan      x
     The plan "x" isn't configured; there
     are founders_friend, starter,
     professional, enterprise. Use it all
     the same?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 13, 8]
    """#,
    "conflict 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Edit Acme Corp

     Name      Acme Corp
    ▸Plan      x
               founders_friend, starter, professional, enterprise, other…
     Status    ‹ active ›
     Lago id
     Stripe id cus_NffrFeUfNV2Hib












     The plan "x" isn't configured; there are founders_friend, starter,
     professional, enterprise. Use it all the same?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 50, 22]
    """#,
    "create 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ New organization
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸Name
     Globex                             enterprise       active          0 │           ! A name can't be empty.
     Initech                            starter          suspended       0 │ Owner
     Umbrella                           professional     deleted         0 │ Plan      ‹ founders_friend ›
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Status    ‹ active ›
     株式会社みらい                     enterprise       active          0 │ Lago id
                                                                           │ Stripe id
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 83, 3]
    """#,
    "create 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     New organization

    ▸Name
               ! A name can't be empty.
     Owner
     Plan      ‹ founders_friend ›
     1/7

     Enter next  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "create 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     New organization

    ▸Name
               ! A name can't be empty.
     Owner
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     Lago id
     Stripe id











     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "damaged 120x32": #"""
     orgman  Organizations                                                       /srv/ops/data  7 orgs  4 members   damaged
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     organizations.json, byte 512, org_1.status: there is no status "gone"
     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "damaged 40x10": #"""
     Organizations  /srv…  7 orgs   damaged
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     organizations.json, byte 512,
     org_1.status: there is no status
     "gone"
     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "damaged 80x24": #"""
     orgman  Organizations               /srv/ops/data  7 orgs  4 members   damaged
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7
     organizations.json, byte 512, org_1.status: there is no status "gone"
     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "damaged edit 120x32": #"""
     orgman  Organizations                                                       /srv/ops/data  7 orgs  4 members   damaged
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     Nothing can be changed; run orgman doctor --fix: organizations.json, byte 512, org_1.status: there is no status "gone"
     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "damaged edit 40x10": #"""
     Organizations  /srv…  7 orgs   damaged
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Nothing can be changed; run orgman
     doctor --fix: organizations.json, byte
     512, org_1.status: there is no status
     "gone"
     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "damaged edit 80x24": #"""
     orgman  Organizations               /srv/ops/data  7 orgs  4 members   damaged
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     Nothing can be changed; run orgman doctor --fix: organizations.json, byte 512,
     org_1.status: there is no status "gone"
     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "delete 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ evil \u{1B}[2J\u{202E}name\nnext        active
     Acme Corp                          founders_friend  active          4 │ org_7
    ▸evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     none
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   none
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 0    owner 0  billing 0  member 0
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2/7
     Set evil \u{1B}[2J\u{202E}name\nnext to deleted? Its record and members stay.   No    Yes
     y yes  n no  Esc cancel
    [cursor 81, 30]
    """#,
    "delete 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
     Acme Corp            active          4
    ▸evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Set evil \u{1B}[2J\u{202E}name\nnext
     to deleted? Its record and members
     stay.   No    Yes
     y yes  n no  Esc cancel
    [cursor 9, 8]
    """#,
    "delete 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
     Acme Corp                                 founders_friend  active          4
    ▸evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     Set evil \u{1B}[2J\u{202E}name\nnext to deleted? Its record and members stay.
      No    Yes
     y yes  n no  Esc cancel
    [cursor 2, 22]
    """#,
    "detail 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │▸alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/4

     Enter edit  r role  a add  d remove  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 72, 10]
    """#,
    "detail 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
    ▸alice         owner          2026-11-22
     1/4

     Enter edit  / filter  ? help  q back
    [cursor 0, 6]
    """#,
    "detail 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    ▸alice                                                 owner          2026-11-22
     bob                                                   member         2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     1/4

     Enter edit  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 10]
    """#,
    "discard 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Edit Acme Corp
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸Name      Acme Corpx
     Globex                             enterprise       active          0 │           1 to 200 characters
     Initech                            starter          suspended       0 │ Plan      ‹ founders_friend ›
     Umbrella                           professional     deleted         0 │ Status    ‹ active ›
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Lago id   lago_cust_abc123
     株式会社みらい                     enterprise       active          0 │ Stripe id cus_NffrFeUfNV2Hib
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     Throw away what you typed?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 30, 30]
    """#,
    "discard 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Edit Acme Corp

    ▸Name      Acme Corpx
               1 to 200 characters
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     Throw away what you typed?
      No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 2, 8]
    """#,
    "discard 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Edit Acme Corp

    ▸Name      Acme Corpx
               1 to 200 characters
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     Lago id   lago_cust_abc123
     Stripe id cus_NffrFeUfNV2Hib












     1/7
     Throw away what you typed?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 30, 22]
    """#,
    "empty 120x32": #"""
     orgman  Organizations                                                     /srv/ops/data  0 orgs  0 members   read-only
     Name ▲                             Plan             Status    Members │
     No organizations yet.                                                 │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │


     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "empty 40x10": #"""
     Organizations  /s…  0 orgs   read-only
     Name ▲               Status    Members
     No organizations yet.






     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "empty 80x24": #"""
     orgman  Organizations             /srv/ops/data  0 orgs  0 members   read-only
     Name ▲                                    Plan             Status    Members
     No organizations yet.




















     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "empty add 120x32": #"""
     orgman  Organizations                                                     /srv/ops/data  0 orgs  0 members   read-only
     Name ▲                             Plan             Status    Members │
     No organizations yet.                                                 │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │

     Nothing can be changed: it was opened so.
     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "empty add 40x10": #"""
     Organizations  /s…  0 orgs   read-only
     Name ▲               Status    Members
     No organizations yet.




     Nothing can be changed: it was opened
     so.
     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "empty add 80x24": #"""
     orgman  Organizations             /srv/ops/data  0 orgs  0 members   read-only
     Name ▲                                    Plan             Status    Members
     No organizations yet.



















     Nothing can be changed: it was opened so.
     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "entry 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who        What                                  │ Generation 2                              edit
       6 2026-11-22 10:00 outside    Plan of Globex: starter → enterprise  │ Time     2026-11-22 09:20:00 UTC
       5 2026-11-22 09:50 root (ali… undid 4: Role of bob in Acme Corp: me…│ By       root (alice) on web1
       4 2026-11-22 09:40 bob        undone: Role of bob in Acme Corp: own…│ From     192.0.2.7?
       3 2026-11-22 09:30 bob        repaired: organizations.json was cut …│ Since    taken back by 6
    ▸  2 2026-11-22 09:20 root (ali… taken back: 3 changes: Plan of Globex…│
       1 2026-11-22 09:10 root (ali… Created 株式会社みらい on enterprise  │ Changes 3
                                                                           │ Plan of Globex
                                                                           │   before  enterprise
                                                                           │   after   starter
                                                                           │ Name of evil \u{1B}[2J\u{202E}name\nnext
                                                                           │   before  Nice
                                                                           │   after   evil \u{1B}[2J\u{202E}name\nnext
                                                                           │▸dave in Acme Corp
                                                                           │   before  none
                                                                           │   after   owner
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     5/6

     Enter go there  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 72, 14]
    """#,
    "entry 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Name of evil \u{1B}[2J\u{202E}name\nne…
       before  Nice
       after   evil \u{1B}[2J\u{202E}name\n…
    ▸dave in Acme Corp
       before  none
       after   owner
     5/6

     Enter go there  u undo  ? help  q back
    [cursor 0, 4]
    """#,
    "entry 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Generation 2                                                              edit
     Time     2026-11-22 09:20:00 UTC
     By       root (alice) on web1
     From     192.0.2.7?
     Since    taken back by 6

     Changes 3
     Plan of Globex
       before  enterprise
       after   starter
     Name of evil \u{1B}[2J\u{202E}name\nnext
       before  Nice
       after   evil \u{1B}[2J\u{202E}name\nnext
    ▸dave in Acme Corp
       before  none
       after   owner




     5/6

     Enter go there  u undo  Space mark  1-5 screens  / filter  ? help  q back
    [cursor 0, 14]
    """#,
    "entry note 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who        What                                  │ Generation 3                            repair
       6 2026-11-22 10:00 outside    Plan of Globex: starter → enterprise  │ Time     2026-11-22 09:30:00 UTC
       5 2026-11-22 09:50 root (ali… undid 4: Role of bob in Acme Corp: me…│ By       bob on web1
       4 2026-11-22 09:40 bob        undone: Role of bob in Acme Corp: own…│ Note     organizations.json was cut off; nothi…
    ▸  3 2026-11-22 09:30 bob        repaired: organizations.json was cut …│
       2 2026-11-22 09:20 root (ali… taken back: 3 changes: Plan of Globex…│ Changes 0
       1 2026-11-22 09:10 root (ali… Created 株式会社みらい on enterprise  │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     4/6

     Enter go there  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 72, 1]
    """#,
    "entry note 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Generation 3                    repair
     Time     2026-11-22 09:30:00 UTC
     By       bob on web1
     Note     organizations.json was cut of…

     Changes 0
     4/6

     Enter go there  u undo  ? help  q back
    [cursor 0, 1]
    """#,
    "entry note 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Generation 3                                                            repair
     Time     2026-11-22 09:30:00 UTC
     By       bob on web1
     Note     organizations.json was cut off; nothing is lost

     Changes 0














     4/6

     Enter go there  u undo  Space mark  1-5 screens  / filter  ? help  q back
    [cursor 0, 1]
    """#,
    "entry undone 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who        What                                  │ Generation 4                              edit
       6 2026-11-22 10:00 outside    Plan of Globex: starter → enterprise  │ Time     2026-11-22 09:40:00 UTC
       5 2026-11-22 09:50 root (ali… undid 4: Role of bob in Acme Corp: me…│ By       bob on web1
    ▸  4 2026-11-22 09:40 bob        undone: Role of bob in Acme Corp: own…│ Since    undone by 5
       3 2026-11-22 09:30 bob        repaired: organizations.json was cut …│
       2 2026-11-22 09:20 root (ali… taken back: 3 changes: Plan of Globex…│ Changes 1
       1 2026-11-22 09:10 root (ali… Created 株式会社みらい on enterprise  │▸Role of bob in Acme Corp
                                                                           │   before  owner
                                                                           │   after   member
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     3/6

     Enter go there  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 72, 7]
    """#,
    "entry undone 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Since    undone by 5

     Changes 1
    ▸Role of bob in Acme Corp
       before  owner
       after   member
     3/6

     Enter go there  u undo  ? help  q back
    [cursor 0, 4]
    """#,
    "entry undone 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Generation 4                                                              edit
     Time     2026-11-22 09:40:00 UTC
     By       bob on web1
     Since    undone by 5

     Changes 1
    ▸Role of bob in Acme Corp
       before  owner
       after   member











     3/6

     Enter go there  u undo  Space mark  1-5 screens  / filter  ? help  q back
    [cursor 0, 7]
    """#,
    "evil 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ evil \u{1B}[2J\u{202E}name\nnext        active
     Acme Corp                          founders_friend  active          4 │ org_7
    ▸evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │▸Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     none
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   none
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 0    owner 0  billing 0  member 0
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │


     Enter edit  r role  a add  d remove  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 72, 4]
    """#,
    "evil 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     evil \u{1B}[2J\u{202E}name\nne… active
     org_7

    ▸Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     none


     Enter edit  / filter  ? help  q back
    [cursor 0, 4]
    """#,
    "evil 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     evil \u{1B}[2J\u{202E}name\nnext                                        active
     org_7

    ▸Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     none
     Stripe   none

     Members 0    owner 0  billing 0  member 0













     Enter edit  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "evil form 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Edit evil \u{1B}[2J\u{202E}name\nnext
     Acme Corp                          founders_friend  active          4 │
    ▸evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸Name      evil \u{1B}[2J\u{202E}name\nnext
     Globex                             enterprise       active          0 │           1 to 200 characters
     Initech                            starter          suspended       0 │ Plan      ‹ founders_friend ›
     Umbrella                           professional     deleted         0 │ Status    ‹ active ›
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Lago id
     株式会社みらい                     enterprise       active          0 │ Stripe id
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 115, 3]
    """#,
    "evil form 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Edit evil \u{1B}[2J\u{202E}name\nnext

    ▸Name      \u{1B}[2J\u{202E}name\nnext
               1 to 200 characters
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     2/7

     Enter next  F1 help  Esc cancel
    [cursor 38, 3]
    """#,
    "evil form 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Edit evil \u{1B}[2J\u{202E}name\nnext

    ▸Name      evil \u{1B}[2J\u{202E}name\nnext
               1 to 200 characters
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     Lago id
     Stripe id












     2/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 43, 3]
    """#,
    "filter 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ evil \u{1B}[2J\u{202E}name\nnext        active
    ▸evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │ org_7
     Globex                             enterprise       active          0 │
                                                                           │ Plan     founders_friend
                                                                           │ Created  2026-11-22 21:51 UTC
                                                                           │ Lago     none
                                                                           │ Stripe   none
                                                                           │
                                                                           │ Members 0    owner 0  billing 0  member 0
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     /ex                                                                                                           1/2 of 7

     Enter keep  Esc cancel
    [cursor 4, 29]
    """#,
    "filter 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    ▸evil \u{1B}[2J…      active          0
     Globex               active          0



     /ex                           1/2 of 7

     Enter keep  Esc cancel
    [cursor 4, 7]
    """#,
    "filter 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    ▸evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0

















     /ex                                                                   1/2 of 7

     Enter keep  Esc cancel
    [cursor 4, 21]
    """#,
    "flash 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp Δ                        founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
    ΔGlobex                             starter          active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │Δalice                 member         2026-11-22
                                                                           │▸bob Δ                 owner          2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2/4

     Enter edit  r role  a add  d remove  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 72, 11]
    """#,
    "flash 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
    Δalice         member         2026-11-22
    ▸bob Δ         owner          2026-11-22
     2/4

     Enter edit  / filter  ? help  q back
    [cursor 0, 6]
    """#,
    "flash 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    Δalice                                                 member         2026-11-22
    ▸bob Δ                                                 owner          2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     2/4

     Enter edit  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 11]
    """#,
    "flash in ASCII": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    *alice                                                 member         2026-11-22
    >bob *                                                 owner          2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     2/4

     Enter edit  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 11]
    """#,
    "form 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Edit Acme Corp
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸Name      Acme Corpx
     Globex                             enterprise       active          0 │           1 to 200 characters
     Initech                            starter          suspended       0 │ Plan      ‹ founders_friend ›
     Umbrella                           professional     deleted         0 │ Status    ‹ active ›
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Lago id   lago_cust_abc123
     株式会社みらい                     enterprise       active          0 │ Stripe id cus_NffrFeUfNV2Hib
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 93, 3]
    """#,
    "form 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Edit Acme Corp

    ▸Name      Acme Corpx
               1 to 200 characters
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     1/7

     Enter next  F1 help  Esc cancel
    [cursor 21, 3]
    """#,
    "form 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Edit Acme Corp

    ▸Name      Acme Corpx
               1 to 200 characters
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     Lago id   lago_cust_abc123
     Stripe id cus_NffrFeUfNV2Hib












     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 21, 3]
    """#,
    "form in ASCII": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Edit Acme Corp

    >Name      Acme Corpx
               1 to 200 characters
     Plan      < founders_friend >
     Status    < active >
     Lago id   lago_cust_abc123
     Stripe id cus_NffrFeUfNV2Hib












     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 21, 3]
    """#,
    "help 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Keys  The list of organizations
      r                   role of the member, or of all marked: then o owner, m member, b billing
      p                   plan of the organization, or of all marked
      S                   status of the organization, or of all marked
      a                   a new organization
      e F2                edit name, plan, status, Lago and Stripe id
      d Del               set the organization, or all marked, to deleted; asks
      u                   undo your latest change; what others changed since stays
      ^R                  redo what you undid
      w                   all that couldn't be changed, and why

     Marking and copying
      Space               mark or unmark, and go on to the next
      v                   mark what you move over; again ends it, Esc takes it back
      *                   mark all that the filter shows
      U                   unmark all
      y                   copy the id, or the value of the field
      Y                   copy the whole row, with tabs between its values
      x                   export what is marked, or all that the filter shows: then c CSV, j JSON, y clipboard

     Finding
      n                   the next match of the filter, also after it was cleared
      N                   the previous match
      .                   show deleted organizations, or hide them again
      s                   sort: then n name, p plan, s status, m members, c created; the same again inverts
      I                   sort the other way round
      /                   filter as you type: words, plan:, status:, user:, members:>10, no:stripe, !not, ~fuzzy
      V                   open a view that was saved under a name


     / search  ? close
    [cursor 0, 1]
    """#,
    "help 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Keys  The list of organizations
      r              role of the member, or
                     of all marked: then o
                     owner, m member, b
                     billing
      p              plan of the


     / search  ? close
    [cursor 0, 1]
    """#,
    "help 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Keys  The list of organizations
      r                   role of the member, or of all marked: then o owner, m
                          member, b billing
      p                   plan of the organization, or of all marked
      S                   status of the organization, or of all marked
      a                   a new organization
      e F2                edit name, plan, status, Lago and Stripe id
      d Del               set the organization, or all marked, to deleted; asks
      u                   undo your latest change; what others changed since stays
      ^R                  redo what you undid
      w                   all that couldn't be changed, and why

     Marking and copying
      Space               mark or unmark, and go on to the next
      v                   mark what you move over; again ends it, Esc takes it back
      *                   mark all that the filter shows
      U                   unmark all
      y                   copy the id, or the value of the field
      Y                   copy the whole row, with tabs between its values
      x                   export what is marked, or all that the filter shows: then


     / search  ? close
    [cursor 0, 1]
    """#,
    "history 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
       6 2026-11-22 10:00 outside          Plan of Globex: starter → enterprise
       5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: member → owner
    ▸  4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner → member
       3 2026-11-22 09:30 bob              repaired: organizations.json was cut off; nothing is lost
       2 2026-11-22 09:20 root (alice)     taken back: 3 changes: Plan of Globex: enterprise → starter
       1 2026-11-22 09:10 root (alice)     Created 株式会社みらい on enterprise





















     3/6

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "history 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Time UTC ▼  Who     What
     11-22 10:00 outside Plan of Globex: st…
     11-22 09:50 root (… undid 4: Role of b…
    ▸11-22 09:40 bob     undone: Role of bo…
     11-22 09:30 bob     repaired: organiza…
     11-22 09:20 root (… taken back: 3 chan…
     3/6

     Enter open  / filter  ? help  q back
    [cursor 0, 4]
    """#,
    "history 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
       6 2026-11-22 10:00 outside          Plan of Globex: starter → enterprise
       5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: membe…
    ▸  4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner …
       3 2026-11-22 09:30 bob              repaired: organizations.json was cut off…
       2 2026-11-22 09:20 root (alice)     taken back: 3 changes: Plan of Globex: e…
       1 2026-11-22 09:10 root (alice)     Created 株式会社みらい on enterprise













     3/6

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "history in ASCII": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC v       Who              What
       6 2026-11-22 10:00 outside          Plan of Globex: starter -> enterprise
       5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: membe~
    >  4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner ~
       3 2026-11-22 09:30 bob              repaired: organizations.json was cut off~
       2 2026-11-22 09:20 root (alice)     taken back: 3 changes: Plan of Globex: e~
       1 2026-11-22 09:10 root (alice)     Created ??????? on enterprise













     3/6

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "history none 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
     Nothing has happened yet.




























     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "history none 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Time UTC ▼  Who     What
     Nothing has happened yet.






     Enter open  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "history none 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
     Nothing has happened yet.




















     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "history nothing 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
     Nothing matches "zz".
     Esc clears the filter.

























     /zz                                                                                                             0 of 6

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "history nothing 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Time UTC ▼  Who     What
     Nothing matches "zz".
     Esc clears the filter.



     /zz                             0 of 6

     Enter open  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "history nothing 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
     Nothing matches "zz".
     Esc clears the filter.

















     /zz                                                                     0 of 6

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "history of one 120x32": #"""
     orgman  History of bob in Acme Corp                                            /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
    ▸  5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: member → owner
       4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner → member

























     1/2

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "history of one 40x10": #"""
     History of bob in Acme…  7 orgs   live
     Time UTC ▼  Who     What
    ▸11-22 09:50 root (… undid 4: Role of b…
     11-22 09:40 bob     undone: Role of bo…



     1/2

     Enter open  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "history of one 80x24": #"""
     orgman  History of bob in Acme Corp    /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
    ▸  5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: membe…
       4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner …

















     1/2

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "list 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "list 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     1/7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "list 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "list in ASCII": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ^                                    Plan             Status    Members
    >Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zo? ?\u{200D}? Ltd                        founders_friend  active          0
     ???????                                   enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "marked 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Initech                              suspended
    •Acme Corp                          founders_friend  active          4 │ org_3
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
    •Globex                             enterprise       active          0 │ Plan     starter
    ▸Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     none
                                                                           │ Stripe   none
                                                                           │
                                                                           │ Members 0    owner 0  billing 0  member 0
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     /e                                                                                                 2 marked   4/5 of 7

     p plan  S status  d delete  Space mark  U unmark  x export  / filter  : more  ? help  q quit
    [cursor 0, 5]
    """#,
    "marked 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    •Acme Corp            active          4
     evil \u{1B}[2J…      active          0
    •Globex               active          0
    ▸Initech              suspended       0
     Umbrella             deleted         0
     /e                 2 marked   4/5 of 7

     p plan  S status  ? help  q quit
    [cursor 0, 5]
    """#,
    "marked 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    •Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
    •Globex                                    enterprise       active          0
    ▸Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0














     /e                                                         2 marked   4/5 of 7

     p plan  S status  d delete  Space mark  U unmark  x export  ? help  q quit
    [cursor 0, 5]
    """#,
    "marked in ASCII": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ^                                    Plan             Status    Members
    +Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
    +Globex                                    enterprise       active          0
    >Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0














     /e                                                         2 marked   4/5 of 7

     p plan  S status  d delete  Space mark  U unmark  x export  ? help  q quit
    [cursor 0, 5]
    """#,
    "member 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Add a member to Acme Corp
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │ User id
     Globex                             enterprise       active          0 │▸Role      ‹ member ›
     Initech                            starter          suspended       0 │
     Umbrella                           professional     deleted         0 │
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │
     株式会社みらい                     enterprise       active          0 │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/4

     Enter save  Space change  F1 help  Esc cancel
    [cursor 85, 4]
    """#,
    "member 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Add a member to Acme Corp

     User id
    ▸Role      ‹ member ›


     1/4

     Enter save  F1 help  Esc cancel
    [cursor 13, 4]
    """#,
    "member 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Add a member to Acme Corp

     User id
    ▸Role      ‹ member ›
















     1/4

     Enter save  Space change  F1 help  Esc cancel
    [cursor 13, 4]
    """#,
    "merging 120x32": #"""
     orgman  Organizations                                                       /srv/ops/data  7 orgs  4 members   merging
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "merging 40x10": #"""
     Organizations  /srv…  7 orgs   merging
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     1/7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "merging 80x24": #"""
     orgman  Organizations               /srv/ops/data  7 orgs  4 members   merging
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "news 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Edit Acme Corp
    ▸Acme Corp Δ                        enterprise       active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │ Name      Acme Corp
     Globex                             enterprise       active          0 │▸Plan      x
     Initech                            starter          suspended       0 │           Others put enterprise there
     Umbrella                           professional     deleted         0 │           meanwhile; saving asks which to
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │           keep.
     株式会社みらい                     enterprise       active          0 │ Status    ‹ active ›
                                                                           │ Lago id   lago_cust_abc123
                                                                           │ Stripe id cus_NffrFeUfNV2Hib
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     Changed meanwhile: Plan is enterprise now.
     Enter next  ^S save  F1 help  Esc cancel
    [cursor 84, 4]
    """#,
    "news 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Edit Acme Corp

     Name      Acme Corp
    ▸Plan      x
               Others put enterprise there
               meanwhile; saving asks which
     Changed meanwhile: Plan is enterprise
     now.
     Enter next  F1 help  Esc cancel
    [cursor 12, 4]
    """#,
    "news 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Edit Acme Corp

     Name      Acme Corp
    ▸Plan      x
               Others put enterprise there meanwhile; saving asks which to keep.
     Status    ‹ active ›
     Lago id   lago_cust_abc123
     Stripe id cus_NffrFeUfNV2Hib












     1/7
     Changed meanwhile: Plan is enterprise now.
     Enter next  ^S save  F1 help  Esc cancel
    [cursor 12, 4]
    """#,
    "nothing 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │
     Nothing matches "zz".                                                 │
     Esc clears the filter.                                                │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     /zz                                                                                                             0 of 7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "nothing 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
     Nothing matches "zz".
     Esc clears the filter.



     /zz                             0 of 7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "nothing 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
     Nothing matches "zz".
     Esc clears the filter.

















     /zz                                                                     0 of 7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "offered 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Add a member to Acme Corp
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸User id   b
     Globex                             enterprise       active          0 │         ▸ bob  already member
     Initech                            starter          suspended       0 │ Role      ‹ member ›
     Umbrella                           professional     deleted         0 │
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │
     株式会社みらい                     enterprise       active          0 │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/4

     Enter take  ^S save  F1 help  Tab take  Down choose  Esc none
    [cursor 84, 3]
    """#,
    "offered 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Add a member to Acme Corp

    ▸User id   b
             ▸ bob  already member
     Role      ‹ member ›

     1/4

     Enter take  F1 help  Tab take  Esc none
    [cursor 12, 3]
    """#,
    "offered 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Add a member to Acme Corp

    ▸User id   b
             ▸ bob  already member
     Role      ‹ member ›















     1/4

     Enter take  ^S save  F1 help  Tab take  Down choose  Esc none
    [cursor 12, 3]
    """#,
    "overview 120x32": #"""
     orgman  Overview                                                               /srv/ops/data  7 orgs  4 members   live
     What                              Count  Share
     Status
       active                              5   72 % ███████████████████████████████████████████
    ▸  suspended                           1   14 % █████████
       deleted                             1   14 % █████████

     Plan
       founders_friend                     3   43 % ██████████████████████████
       enterprise                          2   29 % ██████████████████
       professional                        1   14 % █████████
       starter                             1   14 % █████████

     To look after
     ! without an owner                    6   86 % ████████████████████████████████████████████████████
       suspended, only billing             0    0 %
       named almost alike                  0    0 %
     ! without a Stripe id                 6   86 % ████████████████████████████████████████████████████
     ! without a Lago id                   6   86 % ████████████████████████████████████████████████████
     ! without either                      6   86 % ████████████████████████████████████████████████████
     ! without members                     6   86 % ████████████████████████████████████████████████████

     Largest
       Acme Corp                                          4 members

     Newest
       Acme Corp                                   2026-11-22 21:51
       Globex                                      2026-11-22 21:51
       Initech                                     2026-11-22 21:51
     2/20

     Enter show  u undo  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "overview 40x10": #"""
     Overview  /srv/ops/data  7 orgs   live
     What                  Count
     Status
       active                  5 ████████
    ▸  suspended               1 ██
       deleted                 1 ██

     2/20

     Enter show  / filter  ? help  q back
    [cursor 0, 4]
    """#,
    "overview 80x24": #"""
     orgman  Overview                       /srv/ops/data  7 orgs  4 members   live
     What                        Count  Share
     Status
       active                        5   72 % ████████
    ▸  suspended                     1   14 % ██
       deleted                       1   14 % ██

     Plan
       founders_friend               3   43 % █████
       enterprise                    2   29 % ███
       professional                  1   14 % ██
       starter                       1   14 % ██

     To look after
     ! without an owner              6   86 % █████████
       suspended, only billing       0    0 %
       named almost alike            0    0 %
     ! without a Stripe id           6   86 % █████████
     ! without a Lago id             6   86 % █████████
     ! without either                6   86 % █████████
     ! without members               6   86 % █████████
     2/20

     Enter show  u undo  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "overview billing 120x32": #"""
     orgman  Overview                                                               /srv/ops/data  7 orgs  4 members   live
     What                              Count  Share
    ▸! Billing: 3 findings, 1 unknown, verified 2026-11-22 21:51
       suspended, only billing             0    0 %

























     /billing                                                                                                     1/2 of 21

     Enter keep  Esc cancel
    [cursor 9, 29]
    """#,
    "overview billing 40x10": #"""
     Overview  /srv/ops/data  7 orgs   live
     What                  Count
    ▸! Billing: 3 findings, 1 unknown, veri…
       suspended, only b…      0



     /billing                     1/2 of 21

     Enter keep  Esc cancel
    [cursor 9, 7]
    """#,
    "overview billing 80x24": #"""
     orgman  Overview                       /srv/ops/data  7 orgs  4 members   live
     What                        Count  Share
    ▸! Billing: 3 findings, 1 unknown, verified 2026-11-22 21:51
       suspended, only billing       0    0 %

















     /billing                                                             1/2 of 21

     Enter keep  Esc cancel
    [cursor 9, 21]
    """#,
    "overview empty 120x32": #"""
     orgman  Overview                                                          /srv/ops/data  0 orgs  0 members   read-only
     What                              Count  Share
     Status
    ▸  active                              0    0 %
       suspended                           0    0 %
       deleted                             0    0 %

     To look after
       without an owner                    0    0 %
       suspended, only billing             0    0 %
       named almost alike                  0    0 %
       without a Stripe id                 0    0 %
       without a Lago id                   0    0 %
       without either                      0    0 %
       without members                     0    0 %














     1/10

     Enter show  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 3]
    """#,
    "overview empty 40x10": #"""
     Overview  /srv/op…  0 orgs   read-only
     What                  Count
     Status
    ▸  active                  0
       suspended               0
       deleted                 0

     1/10

     Enter show  / filter  ? help  q back
    [cursor 0, 3]
    """#,
    "overview empty 80x24": #"""
     orgman  Overview                  /srv/ops/data  0 orgs  0 members   read-only
     What                        Count  Share
     Status
    ▸  active                        0    0 %
       suspended                     0    0 %
       deleted                       0    0 %

     To look after
       without an owner              0    0 %
       suspended, only billing       0    0 %
       named almost alike            0    0 %
       without a Stripe id           0    0 %
       without a Lago id             0    0 %
       without either                0    0 %
       without members               0    0 %






     1/10

     Enter show  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 3]
    """#,
    "overview end 120x32": #"""
     orgman  Overview                                                               /srv/ops/data  7 orgs  4 members   live
     What                              Count  Share
       suspended                           1   14 % █████████
       deleted                             1   14 % █████████

     Plan
       founders_friend                     3   43 % ██████████████████████████
       enterprise                          2   29 % ██████████████████
       professional                        1   14 % █████████
       starter                             1   14 % █████████

     To look after
     ! without an owner                    6   86 % ████████████████████████████████████████████████████
       suspended, only billing             0    0 %
       named almost alike                  0    0 %
     ! without a Stripe id                 6   86 % ████████████████████████████████████████████████████
     ! without a Lago id                   6   86 % ████████████████████████████████████████████████████
     ! without either                      6   86 % ████████████████████████████████████████████████████
     ! without members                     6   86 % ████████████████████████████████████████████████████

     Largest
       Acme Corp                                          4 members

     Newest
       Acme Corp                                   2026-11-22 21:51
       Globex                                      2026-11-22 21:51
       Initech                                     2026-11-22 21:51
       Umbrella                                    2026-11-22 21:51
    ▸  株式会社みらい                              2026-11-22 21:51
     20/20

     Enter show  u undo  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 28]
    """#,
    "overview end 40x10": #"""
     Overview  /srv/ops/data  7 orgs   live
     What                  Count
       Acme Corp            2026-11-22 21:51
       Globex               2026-11-22 21:51
       Initech              2026-11-22 21:51
       Umbrella             2026-11-22 21:51
    ▸  株式会社みらい       2026-11-22 21:51
     20/20

     Enter show  / filter  ? help  q back
    [cursor 0, 6]
    """#,
    "overview end 80x24": #"""
     orgman  Overview                       /srv/ops/data  7 orgs  4 members   live
     What                        Count  Share

     To look after
     ! without an owner              6   86 % █████████
       suspended, only billing       0    0 %
       named almost alike            0    0 %
     ! without a Stripe id           6   86 % █████████
     ! without a Lago id             6   86 % █████████
     ! without either                6   86 % █████████
     ! without members               6   86 % █████████

     Largest
       Acme Corp                                    4 members

     Newest
       Acme Corp                             2026-11-22 21:51
       Globex                                2026-11-22 21:51
       Initech                               2026-11-22 21:51
       Umbrella                              2026-11-22 21:51
    ▸  株式会社みらい                        2026-11-22 21:51
     20/20

     Enter show  u undo  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 20]
    """#,
    "overview filter 120x32": #"""
     orgman  Overview                                                               /srv/ops/data  7 orgs  4 members   live
     What                              Count  Share
    ▸! without an owner                    6   86 % ████████████████████████████████████████████████████


























     /owner                                                                                                       1/1 of 20

     Enter keep  Esc cancel
    [cursor 7, 29]
    """#,
    "overview filter 40x10": #"""
     Overview  /srv/ops/data  7 orgs   live
     What                  Count
    ▸! without an owner        6 █████████




     /owner                       1/1 of 20

     Enter keep  Esc cancel
    [cursor 7, 7]
    """#,
    "overview filter 80x24": #"""
     orgman  Overview                       /srv/ops/data  7 orgs  4 members   live
     What                        Count  Share
    ▸! without an owner              6   86 % █████████


















     /owner                                                               1/1 of 20

     Enter keep  Esc cancel
    [cursor 7, 21]
    """#,
    "overview in ASCII": #"""
     orgman  Overview                       /srv/ops/data  7 orgs  4 members   live
     What                        Count  Share
     Status
       active                        5   72 % ########
    >  suspended                     1   14 % ##
       deleted                       1   14 % ##

     Plan
       founders_friend               3   43 % #####
       enterprise                    2   29 % ###
       professional                  1   14 % ##
       starter                       1   14 % ##

     To look after
     ! without an owner              6   86 % #########
       suspended, only billing       0    0 %
       named almost alike            0    0 %
     ! without a Stripe id           6   86 % #########
     ! without a Lago id             6   86 % #########
     ! without either                6   86 % #########
     ! without members               6   86 % #########
     2/20

     Enter show  u undo  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 4]
    """#,
    "palette 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Commands  54 now, 23 not now
    ▸  Open the organization; in the detail, edit what is selected                 open                     Enter l Right
       Change the plan of the organization, or of all marked                       change-plan              p
       Change the status of the organization, or of all marked                     change-status            S
       New organization; in the detail, add a member                               add                      a
       Edit name, plan, status and billing ids                                     edit                     e F2
       Set to deleted; in the detail, remove the member; or all marked             remove                   d Del
       Undo your latest change                                                     undo                     u
       Redo what you undid                                                         redo                     ^R
       Mark or unmark what is selected, and go on to the next                      mark                     Space
       Mark what is moved over; again ends it                                      mark-range               v
       Mark all that the filter shows; in the detail, all members                  mark-all                 *
       Unmark all                                                                  unmark-all               U
       Copy the id; in the detail, what is selected                                copy                     y
       Copy the whole row, with tabs between its values                            copy-row                 Y
       Export the marked rows, or all that the filter shows                        export                   x
       To the next match of the filter                                             next-match               n
       To the previous match of the filter                                         previous-match           N
       Show or hide deleted organizations                                          toggle-deleted           .
       Sort by a column                                                            sort                     s
       Sort by name                                                                sort-by-name
       Sort by plan                                                                sort-by-plan
       Sort by status                                                              sort-by-status
       Sort by the number of members                                               sort-by-members
       Sort by the time of creation                                                sort-by-created
       Sort the other way round                                                    invert-order             I
       Filter as you type                                                          filter                   /
       Save filter, sort and columns as a view                                     save-view
     :

     Enter run  Down next  Esc close
    [cursor 2, 29]
    """#,
    "palette 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Commands  54 now, 23 not now
    ▸  Open the organization; i…  Enter l R…
       Change the plan of the o…  p
       Change the status of the…  S
       New organization; in the…  a
       Edit name, plan, status …  e F2
     :

     Enter run  Down next  Esc close
    [cursor 2, 7]
    """#,
    "palette 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Commands  54 now, 23 not now
    ▸  Open the organization; in the deta… open                     Enter l Right
       Change the plan of the organizatio… change-plan              p
       Change the status of the organizat… change-status            S
       New organization; in the detail, a… add                      a
       Edit name, plan, status and billin… edit                     e F2
       Set to deleted; in the detail, rem… remove                   d Del
       Undo your latest change             undo                     u
       Redo what you undid                 redo                     ^R
       Mark or unmark what is selected, a… mark                     Space
       Mark what is moved over; again end… mark-range               v
       Mark all that the filter shows; in… mark-all                 *
       Unmark all                          unmark-all               U
       Copy the id; in the detail, what i… copy                     y
       Copy the whole row, with tabs betw… copy-row                 Y
       Export the marked rows, or all tha… export                   x
       To the next match of the filter     next-match               n
       To the previous match of the filter previous-match           N
       Show or hide deleted organizations  toggle-deleted           .
       Sort by a column                    sort                     s
     :

     Enter run  Down next  Esc close
    [cursor 2, 21]
    """#,
    "palette fuzzy 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Commands  17 now, 7 not now
    ▸  Undo your latest change                                                     undo                     u
       Show or hide deleted organizations                                          toggle-deleted           .
       Close what is open, clear the filter, go back                               back                     Esc h Left
       Mark all that the filter shows; in the detail, all members                  mark-all                 *
       Go to the history of what is selected alone                                 show-its-history         H
       Go back, and from the list out of the program                               close                    q
       Mark or unmark what is selected, and go on to the next                      mark                     Space
       To the previous match of the filter                                         previous-match           N
       Change the plan of the organization, or of all marked                       change-plan              p
       Change the status of the organization, or of all marked                     change-status            S
       Save filter, sort and columns as a view                                     save-view
       Open the organization; in the detail, edit what is selected                 open                     Enter l Right
       Set to deleted; in the detail, remove the member; or all marked             remove                   d Del
       Copy the whole row, with tabs between its values                            copy-row                 Y
       Export the marked rows, or all that the filter shows                        export                   x
       New organization; in the detail, add a member                               add                      a
       Go to the overview: counts by plan and status, what to look after           show-overview            4
     ! Change the role of the member, or of all marked: Choose a member first: Enter opens the organizatio… r
     ! Sort by role: This can't be done here; go to one organization and its members or one user's organiz…
     ! Sort the history, the oldest first: This can't be done here; go to the history.
     ! Compare billing with Stripe and Lago: This can't be done here; go to what was found about billing.
     ! Go to all organizations of the selected user: Choose a member first.                                 o
     ! Offboard the user, or all marked: remove from all organizations: This can't be done here; go to one…
     ! Repair the finding about billing, or all marked: This can't be done here; go to what was found abou…



     :rle

     Enter run  Down next  Esc close
    [cursor 5, 29]
    """#,
    "palette fuzzy 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Commands  17 now, 7 not now
    ▸  Undo your latest change    u
       Show or hide deleted org…  .
       Close what is open, clea…  Esc h Left
       Mark all that the filter…  *
       Go to the history of wha…  H
     :rle

     Enter run  Down next  Esc close
    [cursor 5, 7]
    """#,
    "palette fuzzy 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Commands  17 now, 7 not now
    ▸  Undo your latest change             undo                     u
       Show or hide deleted organizations  toggle-deleted           .
       Close what is open, clear the filt… back                     Esc h Left
       Mark all that the filter shows; in… mark-all                 *
       Go to the history of what is selec… show-its-history         H
       Go back, and from the list out of … close                    q
       Mark or unmark what is selected, a… mark                     Space
       To the previous match of the filter previous-match           N
       Change the plan of the organizatio… change-plan              p
       Change the status of the organizat… change-status            S
       Save filter, sort and columns as a… save-view
       Open the organization; in the deta… open                     Enter l Right
       Set to deleted; in the detail, rem… remove                   d Del
       Copy the whole row, with tabs betw… copy-row                 Y
       Export the marked rows, or all tha… export                   x
       New organization; in the detail, a… add                      a
       Go to the overview: counts by plan… show-overview            4
     ! Change the role of the member, or of all marked: Choose a m… r
     ! Sort by role: This can't be done here; go to one organizati…
     :rle

     Enter run  Down next  Esc close
    [cursor 5, 21]
    """#,
    "palette nothing 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Commands  0
     No command fits that.


























     :zzz

     Enter run  Down next  Esc close
    [cursor 5, 29]
    """#,
    "palette nothing 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Commands  0
     No command fits that.




     :zzz

     Enter run  Down next  Esc close
    [cursor 5, 7]
    """#,
    "palette nothing 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Commands  0
     No command fits that.


















     :zzz

     Enter run  Down next  Esc close
    [cursor 5, 21]
    """#,
    "palette refused 120x32": #"""
     orgman  Organizations                                                     /srv/ops/data  0 orgs  0 members   read-only
     Commands  0 now, 2 not now
    ▸! Undo your latest change: Nothing can be changed: it was opened so.                                   u
     ! Undo the selected entry of the history: This can't be done here; go to the history or one entry of …

























     :undo
     Nothing can be changed: it was opened so.
     Enter run  Down next  Esc close
    [cursor 6, 29]
    """#,
    "palette refused 40x10": #"""
     Organizations  /s…  0 orgs   read-only
     Commands  0 now, 2 not now
    ▸! Undo your latest change: … u
     ! Undo the selected entry o…



     :undo
     Nothing can be changed: it was opened…
     Enter run  Down next  Esc close
    [cursor 6, 7]
    """#,
    "palette refused 80x24": #"""
     orgman  Organizations             /srv/ops/data  0 orgs  0 members   read-only
     Commands  0 now, 2 not now
    ▸! Undo your latest change: Nothing can be changed: it was ope… u
     ! Undo the selected entry of the history: This can't be done …

















     :undo
     Nothing can be changed: it was opened so.
     Enter run  Down next  Esc close
    [cursor 6, 21]
    """#,
    "person 120x32": #"""
     orgman  User alice                                                             /srv/ops/data  7 orgs  4 members   live
     Organization ▲                                              Role          Since       Plan             Status
    ▸Acme Corp                                                   owner         2026-11-22  founders_friend  active


























     1/1

     Enter go there  r role  d remove  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "person 40x10": #"""
     User alice  /srv/ops/d…  7 orgs   live
     Organization ▲ Role          Status
    ▸Acme Corp      owner         active




     1/1

     Enter go there  u undo  ? help  q back
    [cursor 0, 2]
    """#,
    "person 80x24": #"""
     orgman  User alice                     /srv/ops/data  7 orgs  4 members   live
     Organization ▲                           Role          Since       Status
    ▸Acme Corp                                owner         2026-11-22  active


















     1/1

     Enter go there  u undo  Space mark  1-5 screens  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "person marked 120x32": #"""
     orgman  User bob                                                               /srv/ops/data  7 orgs  4 members   live
     Organization ▲                                              Role          Since       Plan             Status
    ▸Acme Corp •                                                 member        2026-11-22  founders_friend  active


























     1 marked   1/1
     Role of bob in 1 organization, all marked:
     o owner  m member  b billing  Esc cancel
    [cursor 44, 30]
    """#,
    "person marked 40x10": #"""
     User bob  /srv/ops/data  7 orgs   live
     Organization ▲ Role          Status
    ▸Acme Corp •    member        active




     Role of bob in 1 organization, all
     marked: also Esc cancel
     o owner  m member  b billing
    [cursor 25, 8]
    """#,
    "person marked 80x24": #"""
     orgman  User bob                       /srv/ops/data  7 orgs  4 members   live
     Organization ▲                           Role          Since       Status
    ▸Acme Corp •                              member        2026-11-22  active


















     1 marked   1/1
     Role of bob in 1 organization, all marked:
     o owner  m member  b billing  Esc cancel
    [cursor 44, 22]
    """#,
    "plan 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     Plan of Acme Corp, now founders_friend:
     f founders_friend  s starter  p professional  e enterprise  o other…  Esc cancel
    [cursor 41, 30]
    """#,
    "plan 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Plan of Acme Corp, now
     founders_friend: also p professional,
     e enterprise, o other…, Esc cancel
     f founders_friend  s starter
    [cursor 36, 8]
    """#,
    "plan 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7
     Plan of Acme Corp, now founders_friend: also Esc cancel
     f founders_friend  s starter  p professional  e enterprise  o other…
    [cursor 57, 22]
    """#,
    "plan of marked 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Globex                                  active
    •Acme Corp                          founders_friend  active          4 │ org_2
    •evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
    ▸Globex                             enterprise       active          0 │ Plan     enterprise
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     none
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   none
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 0    owner 0  billing 0  member 0
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2 marked   3/7
     Plan of 2 organizations, all marked:
     f founders_friend  s starter  p professional  e enterprise  o other…  Esc cancel
    [cursor 38, 30]
    """#,
    "plan of marked 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    •Acme Corp            active          4
    •evil \u{1B}[2J…      active          0
    ▸Globex               active          0
     Initech              suspended       0
     Plan of 2 organizations, all marked:
     also p professional, e enterprise, o
     other…, Esc cancel
     f founders_friend  s starter
    [cursor 20, 8]
    """#,
    "plan of marked 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    •Acme Corp                                 founders_friend  active          4
    •evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
    ▸Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     2 marked   3/7
     Plan of 2 organizations, all marked: also Esc cancel
     f founders_friend  s starter  p professional  e enterprise  o other…
    [cursor 54, 22]
    """#,
    "question 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │▸alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/4
     Remove alice (owner) from Acme Corp?   No    Yes
     y yes  n no  Esc cancel
    [cursor 46, 30]
    """#,
    "question 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
    ▸alice         owner          2026-11-22
     Remove alice (owner) from Acme Corp?
      No    Yes
     y yes  n no  Esc cancel
    [cursor 8, 8]
    """#,
    "question 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    ▸alice                                                 owner          2026-11-22
     bob                                                   member         2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     1/4
     Remove alice (owner) from Acme Corp?   No    Yes
     y yes  n no  Esc cancel
    [cursor 46, 22]
    """#,
    "range 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │•alice                 owner          2026-11-22
                                                                           │▸bob •                 member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2 marked and going on   2/4

     r role  d remove  D offboard  Space mark  U unmark  x export  / filter  : more  ? help  q back
    [cursor 72, 11]
    """#,
    "range 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
    •alice         owner          2026-11-22
    ▸bob •         member         2026-11-22
     2 marked and going on   2/4

     r role  d remove  ? help  q back
    [cursor 0, 6]
    """#,
    "range 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    •alice                                                 owner          2026-11-22
    ▸bob •                                                 member         2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     2 marked and going on   2/4

     r role  d remove  D offboard  Space mark  U unmark  x export  ? help  q back
    [cursor 0, 11]
    """#,
    "reading 120x32": #"""
     orgman  Organizations                                                                /srv/ops/data  reading 43%   live
     Name ▲                             Plan             Status    Members │
     Reading the organizations.                                            │
     q cancels.                                                            │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │


     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "reading 40x10": #"""
     Organizations  /s…  reading 43%   live
     Name ▲               Status    Members
     Reading the organizations.
     q cancels.





     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "reading 80x24": #"""
     orgman  Organizations                        /srv/ops/data  reading 43%   live
     Name ▲                                    Plan             Status    Members
     Reading the organizations.
     q cancels.



















     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "reading again 120x32": #"""
     orgman  Organizations                                                   /srv/ops/data  7 orgs  4 members   reading 43%
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "reading again 40x10": #"""
     Organizations     7 orgs   reading 43%
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     1/7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "reading again 80x24": #"""
     orgman  Organizations           /srv/ops/data  7 orgs  4 members   reading 43%
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "refused 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     Choose a member first: Enter opens the organization.
     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "refused 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     Choose a member first: Enter opens the
     organization.
     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "refused 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7
     Choose a member first: Enter opens the organization.
     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "remove everywhere 120x32": #"""
     orgman  User bob                                                               /srv/ops/data  7 orgs  4 members   live
     Organization ▲                                              Role          Since       Plan             Status
    ▸Acme Corp •                                                 member        2026-11-22  founders_friend  active


























     1 marked   1/1
     Remove bob from 1 organization?   No    Yes
     y yes  n no  Esc cancel
    [cursor 35, 30]
    """#,
    "remove everywhere 40x10": #"""
     User bob  /srv/ops/data  7 orgs   live
     Organization ▲ Role          Status
    ▸Acme Corp •    member        active




     Remove bob from 1 organization?
      No    Yes
     y yes  n no  Esc cancel
    [cursor 2, 8]
    """#,
    "remove everywhere 80x24": #"""
     orgman  User bob                       /srv/ops/data  7 orgs  4 members   live
     Organization ▲                           Role          Since       Status
    ▸Acme Corp •                              member        2026-11-22  active


















     1 marked   1/1
     Remove bob from 1 organization?   No    Yes
     y yes  n no  Esc cancel
    [cursor 35, 22]
    """#,
    "role 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │▸bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2/4
     Role of bob in Acme Corp, now member:
     o owner  m member  b billing  Esc cancel
    [cursor 39, 30]
    """#,
    "role 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
     alice         owner          2026-11-22
    ▸bob           member         2026-11-22
     Role of bob in Acme Corp, now member:
     also Esc cancel
     o owner  m member  b billing
    [cursor 17, 8]
    """#,
    "role 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
     alice                                                 owner          2026-11-22
    ▸bob                                                   member         2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     2/4
     Role of bob in Acme Corp, now member:
     o owner  m member  b billing  Esc cancel
    [cursor 39, 22]
    """#,
    "role of marked 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │▸alice •               owner          2026-11-22
                                                                           │•bob                   member         2026-11-22
                                                                           │•carol                 billing        2026-11-22
                                                                           │•dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     4 marked   1/4
     Role of 4 members of Acme Corp, all marked:
     o owner  m member  b billing  Esc cancel
    [cursor 45, 30]
    """#,
    "role of marked 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
    ▸alice •       owner          2026-11-22
     Role of 4 members of Acme Corp, all
     marked: also Esc cancel
     o owner  m member  b billing
    [cursor 25, 8]
    """#,
    "role of marked 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    ▸alice •                                               owner          2026-11-22
    •bob                                                   member         2026-11-22
    •carol                                                 billing        2026-11-22
    •dave                                                  owner          2026-11-22







     4 marked   1/4
     Role of 4 members of Acme Corp, all marked:
     o owner  m member  b billing  Esc cancel
    [cursor 45, 22]
    """#,
    "several 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │▸alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/4
     bob (member) is in Acme Corp already. Add 2 users to Acme Corp as member: new1 and new2?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 92, 30]
    """#,
    "several 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4  owner 2  billing 1  member 1
     bob (member) is in Acme Corp already.
     Add 2 users to Acme Corp as member:
     new1 and new2?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 18, 8]
    """#,
    "several 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Acme Corp                                                               active
     org_41fca4d6-a659-4198-a016-f2c5f25d861a

     Plan     founders_friend
     Created  2026-11-22 21:51 UTC
     Lago     lago_cust_abc123
     Stripe   cus_NffrFeUfNV2Hib

     Members 4    owner 2  billing 1  member 1
    ▸alice                                                 owner          2026-11-22
     bob                                                   member         2026-11-22
     carol                                                 billing        2026-11-22
     dave                                                  owner          2026-11-22







     bob (member) is in Acme Corp already. Add 2 users to Acme Corp as member: new1
     and new2?   No    Yes
     w why  y yes  n no  Esc cancel
    [cursor 13, 22]
    """#,
    "sort 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7
     Sort by:
     m members  p plan  s status  c created  n name  I invert  Esc cancel
    [cursor 10, 30]
    """#,
    "sort 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     Sort by: also n name, I invert, Esc
     cancel
     m members  p plan  s status  c created
    [cursor 8, 8]
    """#,
    "sort 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7
     Sort by:
     m members  p plan  s status  c created  n name  I invert  Esc cancel
    [cursor 10, 22]
    """#,
    "sorted 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name                               Plan             Status  Members ▼ │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name                 Status  Members ▼
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     1/7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name                                      Plan             Status  Members ▼
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted by creation 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name, by created ▼                 Plan             Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Globex                             enterprise       active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted by creation 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name, by created ▼   Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     1/7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted by creation 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name, by created ▼                        Plan             Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted by plan 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name                               Plan ▲           Status    Members │ Acme Corp                               active
    ▸Acme Corp                          founders_friend  active          4 │ org_41fca4d6-a659-4198-a016-f2c5f25d861a
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Plan     founders_friend
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     lago_cust_abc123
     Globex                             enterprise       active          0 │ Stripe   cus_NffrFeUfNV2Hib
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 4    owner 2  billing 1  member 1
                                                                           │ alice                 owner          2026-11-22
                                                                           │ bob                   member         2026-11-22
                                                                           │ carol                 billing        2026-11-22
                                                                           │ dave                  owner          2026-11-22
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter open  a add  e edit  d delete  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted by plan 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name, by plan ▲      Status    Members
    ▸Acme Corp            active          4
     evil \u{1B}[2J…      active          0
     Zoë 👩‍💻 Ltd         active          0
     Initech              suspended       0
     Umbrella             deleted         0
     1/7

     Enter open  / filter  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted by plan 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name                                      Plan ▲           Status    Members
    ▸Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Globex                                    enterprise       active          0
     株式会社みらい                            enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "sorted in ASCII": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name                                      Plan             Status  Members v
    >Acme Corp                                 founders_friend  active          4
     evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
     Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zo? ?\u{200D}? Ltd                        founders_friend  active          0
     ???????                                   enterprise       active          0












     1/7

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q quit
    [cursor 0, 2]
    """#,
    "status of marked 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Globex                                  active
    •Acme Corp                          founders_friend  active          4 │ org_2
    •evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │
    ▸Globex                             enterprise       active          0 │ Plan     enterprise
     Initech                            starter          suspended       0 │ Created  2026-11-22 21:51 UTC
     Umbrella                           professional     deleted         0 │ Lago     none
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Stripe   none
     株式会社みらい                     enterprise       active          0 │
                                                                           │ Members 0    owner 0  billing 0  member 0
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     2 marked   3/7
     Status of 2 organizations, all marked:
     a active  s suspended  d deleted  Esc cancel
    [cursor 40, 30]
    """#,
    "status of marked 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     Name ▲               Status    Members
    •Acme Corp            active          4
    •evil \u{1B}[2J…      active          0
    ▸Globex               active          0
     Initech              suspended       0
     Umbrella             deleted         0
     Status of 2 organizations, all marked:
     also Esc cancel
     a active  s suspended  d deleted
    [cursor 17, 8]
    """#,
    "status of marked 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Name ▲                                    Plan             Status    Members
    •Acme Corp                                 founders_friend  active          4
    •evil \u{1B}[2J\u{202E}name\nnext          founders_friend  active          0
    ▸Globex                                    enterprise       active          0
     Initech                                   starter          suspended       0
     Umbrella                                  professional     deleted         0
     Zoë 👩‍💻 Ltd                              founders_friend  active          0
     株式会社みらい                            enterprise       active          0












     2 marked   3/7
     Status of 2 organizations, all marked:
     a active  s suspended  d deleted  Esc cancel
    [cursor 40, 22]
    """#,
    "successor 120x32": #"""
     orgman  Users                                                                  /srv/ops/data  7 orgs  4 members   live
     Hand ownership over

    ▸User id
               a member or a new one, becomes owner
               of 1 organization























     4 marked   1/4

     Enter save  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "successor 40x10": #"""
     Users     /srv/ops/data  7 orgs   live
     Hand ownership over

    ▸User id
               a member or a new one,
               becomes owner of 1
               organization
     4 marked   1/4

     Enter save  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "successor 80x24": #"""
     orgman  Users                          /srv/ops/data  7 orgs  4 members   live
     Hand ownership over

    ▸User id
               a member or a new one, becomes owner of 1 organization
















     4 marked   1/4

     Enter save  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "transfer 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ Hand Acme Corp over from alice
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸New owner
     Globex                             enterprise       active          0 │           the id of a user, a member or a new
     Initech                            starter          suspended       0 │           one
     Umbrella                           professional     deleted         0 │ Old owner ‹ member ›
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │
     株式会社みらい                     enterprise       active          0 │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/4

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 83, 3]
    """#,
    "transfer 40x10": #"""
     Organizations  Acme Co…  7 orgs   live
     Hand Acme Corp over from alice

    ▸New owner
               the id of a user, a member
               or a new one
     Old owner ‹ member ›
     1/4

     Enter next  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "transfer 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     Hand Acme Corp over from alice

    ▸New owner
               the id of a user, a member or a new one
     Old owner ‹ member ›















     1/4

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 11, 3]
    """#,
    "typed wrong 120x32": #"""
     orgman  Organizations                                                          /srv/ops/data  7 orgs  4 members   live
     Name ▲                             Plan             Status    Members │ New organization
    ▸Acme Corp                          founders_friend  active          4 │
     evil \u{1B}[2J\u{202E}name\nnext   founders_friend  active          0 │▸Name      globex
     Globex                             enterprise       active          0 │           ! The name "globex" is taken by
     Initech                            starter          suspended       0 │           org_2; choose another.
     Umbrella                           professional     deleted         0 │ Owner
     Zoë 👩‍💻 Ltd                       founders_friend  active          0 │ Plan      ‹ founders_friend ›
     株式会社みらい                     enterprise       active          0 │ Status    ‹ active ›
                                                                           │ Lago id
                                                                           │ Stripe id
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
                                                                           │
     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 89, 3]
    """#,
    "typed wrong 40x10": #"""
     Organizations  /srv/op…  7 orgs   live
     New organization

    ▸Name      globex
               ! The name "globex" is taken
               by org_2; choose another.
     Owner
     1/7

     Enter next  F1 help  Esc cancel
    [cursor 17, 3]
    """#,
    "typed wrong 80x24": #"""
     orgman  Organizations                  /srv/ops/data  7 orgs  4 members   live
     New organization

    ▸Name      globex
               ! The name "globex" is taken by org_2; choose another.
     Owner
     Plan      ‹ founders_friend ›
     Status    ‹ active ›
     Lago id
     Stripe id











     1/7

     Enter next  ^S save  F1 help  Esc cancel
    [cursor 17, 3]
    """#,
    "undo entry 120x32": #"""
     orgman  History                                                                /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
    ▸  6 2026-11-22 10:00 outside          Plan of Globex: starter → enterprise
       5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: member → owner
       4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner → member
       3 2026-11-22 09:30 bob              repaired: organizations.json was cut off; nothing is lost
       2 2026-11-22 09:20 root (alice)     taken back: 3 changes: Plan of Globex: enterprise → starter
       1 2026-11-22 09:10 root (alice)     Created 株式会社みらい on enterprise





















     1/6
     Undo generation 6 by another program, 2026-11-22 10:00 UTC (Plan of Globex: starter → enterprise)?   No    Yes
     y yes  n no  Esc cancel
    [cursor 102, 30]
    """#,
    "undo entry 40x10": #"""
     History   /srv/ops/data  7 orgs   live
     Time UTC ▼  Who     What
    ▸11-22 10:00 outside Plan of Globex: st…
     11-22 09:50 root (… undid 4: Role of b…
     11-22 09:40 bob     undone: Role of bo…
     11-22 09:30 bob     repaired: organiza…
     Undo generation 6 by another program,
     2026-11-22 10:00 UTC (Plan of Globex:
     starter → enterprise)?   No    Yes
     y yes  n no  Esc cancel
    [cursor 26, 8]
    """#,
    "undo entry 80x24": #"""
     orgman  History                        /srv/ops/data  7 orgs  4 members   live
     Gen Time UTC ▼       Who              What
    ▸  6 2026-11-22 10:00 outside          Plan of Globex: starter → enterprise
       5 2026-11-22 09:50 root (alice)     undid 4: Role of bob in Acme Corp: membe…
       4 2026-11-22 09:40 bob              undone: Role of bob in Acme Corp: owner …
       3 2026-11-22 09:30 bob              repaired: organizations.json was cut off…
       2 2026-11-22 09:20 root (alice)     taken back: 3 changes: Plan of Globex: e…
       1 2026-11-22 09:10 root (alice)     Created 株式会社みらい on enterprise













     Undo generation 6 by another program, 2026-11-22 10:00 UTC (Plan of Globex:
     starter → enterprise)?   No    Yes
     y yes  n no  Esc cancel
    [cursor 26, 22]
    """#,
    "users 120x32": #"""
     orgman  Users                                                                  /srv/ops/data  7 orgs  4 members   live
     User ▲                                                       Organizations    owner  billing   member
     alice                                                                    1        1        0        0
    ▸bob                                                                      1        0        0        1
     carol                                                                    1        0        1        0
     dave                                                                     1        1        0        0























     2/4

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 3]
    """#,
    "users 40x10": #"""
     Users     /srv/ops/data  7 orgs   live
     User ▲       Orgs owner billing member
     alice           1     1       0      0
    ▸bob             1     0       0      1
     carol           1     0       1      0
     dave            1     1       0      0

     2/4

     Enter open  / filter  ? help  q back
    [cursor 0, 3]
    """#,
    "users 80x24": #"""
     orgman  Users                          /srv/ops/data  7 orgs  4 members   live
     User ▲                              Organizations    owner  billing   member
     alice                                           1        1        0        0
    ▸bob                                             1        0        0        1
     carol                                           1        0        1        0
     dave                                            1        1        0        0















     2/4

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 3]
    """#,
    "users empty 120x32": #"""
     orgman  Users                                                             /srv/ops/data  0 orgs  0 members   read-only
     User ▲                                                       Organizations    owner  billing   member
     No users yet.




























     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "users empty 40x10": #"""
     Users  /srv/ops/d…  0 orgs   read-only
     User ▲       Orgs owner billing member
     No users yet.






     Enter open  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "users empty 80x24": #"""
     orgman  Users                     /srv/ops/data  0 orgs  0 members   read-only
     User ▲                              Organizations    owner  billing   member
     No users yet.




















     Enter open  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "users nothing 120x32": #"""
     orgman  Users                                                                  /srv/ops/data  7 orgs  4 members   live
     User ▲                                                       Organizations    owner  billing   member
     Nothing matches "zz".
     Esc clears the filter.

























     /zz                                                                                                             0 of 4

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
    "users nothing 40x10": #"""
     Users     /srv/ops/data  7 orgs   live
     User ▲       Orgs owner billing member
     Nothing matches "zz".
     Esc clears the filter.



     /zz                             0 of 4

     Enter open  / filter  ? help  q back
    [cursor 0, 2]
    """#,
    "users nothing 80x24": #"""
     orgman  Users                          /srv/ops/data  7 orgs  4 members   live
     User ▲                              Organizations    owner  billing   member
     Nothing matches "zz".
     Esc clears the filter.

















     /zz                                                                     0 of 4

     Enter open  u undo  Space mark  1-5 screens  / filter  : more  ? help  q back
    [cursor 0, 2]
    """#,
  ]
}
