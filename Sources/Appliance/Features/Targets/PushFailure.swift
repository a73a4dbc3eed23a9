import Platform

/// Why a target did not take a message. Its words are for the target's owner, and for the log.
enum PushFailure: WorkFailure, Equatable {
    case answered(status: Int, retryAfterSeconds: Int?)
    /// Not a machine that the whole internet can reach.
    case outOfReach
    case noConnection(String)
    case tooSlow
    case brokeOff(String)

    init(_ error: OutboundError) {
        self =
            switch error {
            case .outOfReach: .outOfReach
            case .connect(let text): .noConnection(MailHeaderText(text).text)
            case .timeout: .tooSlow
            case .broken(let text): .brokeOff(MailHeaderText(text).text)
            case .tooLarge: .brokeOff("the head of the answer is too long")
            case .cancelled, .breakerOpen: .brokeOff("the request was not sent")
            }
    }

    var status: Int? { if case .answered(let status, _) = self { status } else { nil } }

    /// The receiver's own word that it will never take anything again.
    var isGone: Bool { status == 410 }

    var retryAfterSeconds: Int? { if case .answered(_, let seconds) = self { seconds } else { nil } }

    var workCode: String {
        switch self {
        case .answered: "target_refused"
        case .outOfReach: "target_out_of_reach"
        case .noConnection: "target_unreachable"
        case .tooSlow: "target_too_slow"
        case .brokeOff: "target_broke_off"
        }
    }

    var workDetail: String {
        switch self {
        case .answered(let status, _) where 300..<400 ~= status: "The target answered \(status); redirects are not followed."
        case .answered(let status, _): "The target answered \(status)."
        case .outOfReach: "The target's address does not belong to a machine on the public internet."
        case .noConnection(let text): "No connection to the target: \(text)."
        case .tooSlow: "The target was too slow."
        case .brokeOff(let text): "The exchange with the target broke off: \(text)."
        }
    }
}
