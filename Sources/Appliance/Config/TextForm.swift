import Platform

/// What a piece of text has to look like.
enum TextForm: Sendable, Equatable {
    case listenAddress
    case network
    case origin
    case endpoint
    case path
    case name
    case secret
    case timeZone
    case timetable
    case mailHost
    case mailAddress

    func accepts(_ text: String) -> Bool {
        switch self {
        case .listenAddress: ListenAddress(text) != nil
        case .network: CIDR(text) != nil
        case .origin: URLText(text)?.isOrigin ?? false
        case .endpoint: URLText(text) != nil
        case .path: text.utf8.count <= 4096 && !text.unicodeScalars.contains(where: \.isControl)
        case .name: text.utf8.count <= 200 && !text.unicodeScalars.contains(where: \.isControl)
        case .mailHost: HostName.isValid(text[...]) || HostName.isBracketed(text[...])
        case .mailAddress: MailAddress(text) != nil
        // It travels in a header, where a space or a line end would end it or start another.
        case .secret: text.utf8.count <= 4096 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        case .timeZone: TimeZoneNames().rules(of: text) != nil
        case .timetable: text == ScheduleName.off || (try? Timetable(text, zone: "UTC")) != nil
        }
    }

    /// Completes "expected …".
    var words: String {
        switch self {
        case .listenAddress: "host:port or [IPv6]:port, the port from 0 to 65535"
        case .network: "an address or a network such as 10.0.0.0/8"
        case .origin: "an origin such as https://app.example.com: lower case, no path, no port that the scheme implies"
        case .endpoint: "an address such as http://127.0.0.1:11434/v1: no user name, query or fragment"
        case .path: "a path of at most 4096 bytes without control characters"
        case .name: "a name of at most 200 bytes without control characters"
        case .mailHost: "a host name or an address, IPv6 in brackets"
        case .mailAddress: "an e-mail address in ASCII"
        case .secret: "at most 4096 visible ASCII characters without spaces"
        case .timeZone: "a time zone that this system knows, such as Europe/Berlin"
        case .timetable: "five fields as of cron, such as \"0 9 * * mon\", with a time zone behind them or not; or \"off\""
        }
    }
}
