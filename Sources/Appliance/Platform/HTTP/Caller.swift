/// Who makes a request, as the authenticator found it.
package struct Caller: Sendable, Equatable {
    package let accountRowID: Int64
    package let accountID: Identifier
    package let loginID: Identifier
    package let isStaff: Bool
    package let email: String

    package init(accountRowID: Int64, accountID: Identifier, loginID: Identifier, isStaff: Bool, email: String) {
        self.accountRowID = accountRowID
        self.accountID = accountID
        self.loginID = loginID
        self.isStaff = isStaff
        self.email = email
    }

    package var owner: Owner { Owner(rowID: accountRowID) }
}

/// Whose rows a store function may touch.
///
/// It can be had from a `Caller`, or from the row that a background work item belongs to, and from nowhere
/// else; so a store function that demands one cannot be called with a number that came from a client.
package struct Owner: Sendable, Hashable {
    package let rowID: Int64

    fileprivate init(rowID: Int64) {
        self.rowID = rowID
    }

    /// The owner on whose behalf background work runs. The number comes from a row, never from a request.
    package static func ofWork(accountRowID: Int64) -> Owner {
        Owner(rowID: accountRowID)
    }
}

/// Turns an access token into the account behind it.
package protocol Authenticator: Sendable {
    /// Throws an `HTTPError` of status 401 for a token that does not hold, and a storage error's own fact when
    /// the account cannot be looked up.
    func caller(ofToken token: String) throws -> Caller

    /// The same for a ticket, which opens one WebSocket and is then used up.
    func caller(ofTicket ticket: String, for request: HTTPRequest) async throws -> Caller
}

extension Authenticator {
    /// No ticket was ever given out.
    package func caller(ofTicket ticket: String, for request: HTTPRequest) async throws -> Caller {
        throw HTTPError.tokenNotValid(.invalid)
    }
}

/// Who may use a route.
package enum Access: Sendable {
    /// Anyone; an `Authorization` header is not even looked at.
    case anyone
    /// Anyone, but a bad token is refused.
    case anyoneChecked
    /// Any account.
    case account
    /// Staff accounts only.
    case staff
}
