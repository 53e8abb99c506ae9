import OrgCore
