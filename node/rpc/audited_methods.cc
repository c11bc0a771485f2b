#include "node/rpc/audited_methods.h"

namespace minga::rpc {

const std::vector<AuditedMethod>& AuditedMethods() {
  using namespace v1;  // NOLINT: the table is nothing but its names
  static const auto* const methods = new std::vector<AuditedMethod>{
      {"minga.v1.PesService/PutRecords",
       {AUDIT_EVENT_DECISION_PERMIT, AUDIT_EVENT_DECISION_WITHHOLD,
        AUDIT_EVENT_HELD_BACK, AUDIT_EVENT_WITHDRAWAL, AUDIT_EVENT_BASIS,
        AUDIT_EVENT_CONSENT_GIVEN, AUDIT_EVENT_TEXT_REDACTED},
       ""},
      {"minga.v1.PesService/LogImport", {AUDIT_EVENT_IMPORT}, ""},
      {"minga.v1.PesService/GetRecord", {AUDIT_EVENT_RECORD_READ}, ""},
      {"minga.v1.PesService/SearchRecords", {AUDIT_EVENT_SEARCHED}, ""},
      {"minga.v1.PesService/WithdrawRecord",
       {AUDIT_EVENT_RECORD_ERASED, AUDIT_EVENT_WITHDRAWAL},
       ""},
      {"minga.v1.PesService/SetConsent",
       {AUDIT_EVENT_CONSENT_GIVEN, AUDIT_EVENT_CONSENT_WITHDRAWN},
       ""},
      {"minga.v1.PesService/ErasePerson", {AUDIT_EVENT_PERSON_ERASED}, ""},
      {"minga.v1.PesService/ListPersonNotices", {AUDIT_EVENT_RECORD_READ}, ""},
      {"minga.v1.PesService/ConfirmPersonNotice",
       {AUDIT_EVENT_PERSON_NOTIFIED},
       ""},
      {"minga.v1.AdminService/GetStatus", {}, "tells of the node alone"},
      {"minga.v1.AdminService/Invite", {}, "signs what peers may know anyway"},
      {"minga.v1.AdminService/AddPeer", {AUDIT_EVENT_PEER_ADDED}, ""},
      {"minga.v1.AdminService/CheckPeer", {}, "asks a peer, changes nothing"},
      {"minga.v1.AdminService/DraftMou", {}, "a text without force"},
      {"minga.v1.AdminService/SignMou", {AUDIT_EVENT_MOU_SIGNED}, ""},
      {"minga.v1.AdminService/CheckPolicy", {}, "looks at the caller's text"},
      {"minga.v1.AdminService/ActivatePolicy",
       {AUDIT_EVENT_POLICY_ACTIVATED},
       ""},
      {"minga.v1.AdminService/DiffPolicy",
       {},
       "counts records, names no person"},
      {"minga.v1.AdminService/ListHeld", {AUDIT_EVENT_RECORD_READ}, ""},
      {"minga.v1.AdminService/ReleaseHeld",
       {AUDIT_EVENT_HOLD_RELEASED, AUDIT_EVENT_HOLD_REVOKED},
       ""},
      {"minga.v1.AdminService/ExplainDecision", {AUDIT_EVENT_RECORD_READ}, ""},
      {"minga.v1.AdminService/ListViews",
       {},
       "counts records, names no person"},
      {"minga.v1.AdminService/TraceRecord", {AUDIT_EVENT_RECORD_READ}, ""},
      {"minga.v1.AdminService/BackUp", {AUDIT_EVENT_BACKED_UP}, ""},
      {"minga.v1.AnonymityService/ShowLadder", {}, "counts people, names none"},
      {"minga.v1.AnonymityService/PlanLadder", {}, "counts people, names none"},
      {"minga.v1.AnonymityService/ActivateLadder",
       {AUDIT_EVENT_DISPLAY_EPOCH},
       ""},
      {"minga.v1.AnonymityService/StartEpoch", {AUDIT_EVENT_DISPLAY_EPOCH}, ""},
      {"minga.v1.AnonymityService/VerifyAnonymity",
       {},
       "counts people, names none"},
      {"minga.v1.AuditService/Tail", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.AuditService/VerifyLog", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.AuditService/Find", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.AuditService/Prove", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.AuditService/CountDecisions", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.AuditService/ReportPerson", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.EvidenceService/ExportLog", {AUDIT_EVENT_LOG_READ}, ""},
      {"minga.v1.EvidenceService/ListWitnessed",
       {},
       "tells of checkpoints alone"},
      {"minga.v1.FederationService/Follow",
       {AUDIT_EVENT_PAGE_SENT, AUDIT_EVENT_RECEIPT_TAKEN},
       ""},
      {"minga.v1.FederationService/Ask",
       {},
       "each errand logs what its answer changes, such as a removed peer"},
      {"minga.v1.FederationService/Probe",
       {},
       "tells a pinned peer which policy is in force, no record"},
  };
  return *methods;
}

const std::vector<v1::AuditEvent>& NodeEvents() {
  using namespace v1;  // NOLINT
  static const auto* const events = new std::vector<AuditEvent>{
      AUDIT_EVENT_NODE_STARTED,     AUDIT_EVENT_NODE_STOPPED,
      AUDIT_EVENT_EPOCH_STARTED,    AUDIT_EVENT_HANDSHAKE_REFUSED,
      AUDIT_EVENT_PAGE_APPLIED,     AUDIT_EVENT_PAGE_REFUSED,
      AUDIT_EVENT_RECORD_RECEIVED,  AUDIT_EVENT_RECORD_REJECTED,
      AUDIT_EVENT_RECORD_WITHDRAWN, AUDIT_EVENT_CONFIGURATION_CHANGED,
      AUDIT_EVENT_LOG_PRUNED,       AUDIT_EVENT_FORK_FOUND,
      AUDIT_EVENT_SIGNING_STOPPED,
  };
  return *events;
}

}  // namespace minga::rpc
