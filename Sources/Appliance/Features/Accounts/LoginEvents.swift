import Platform

/// A login is over: whatever it has opened is to be closed.
struct LoginEnded: BusEvent {
    let login: Identifier
}

/// All logins of an account are over.
struct LoginsEnded: BusEvent {
    let owner: Owner
}

/// An account is gone with everything that belonged to it.
struct AccountDeleted: BusEvent {
    let owner: Owner
}
