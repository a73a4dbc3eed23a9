/// The words of the field messages, as clients know them.
enum FieldMessage {
    static let required = "This field is required."
    static let null = "This field may not be null."
    static let blank = "This field may not be blank."
    static let nulCharacters = "Null characters are not allowed."

    static let notText = "Not a valid string."
    static let notInteger = "A valid integer is required."
    static let notNumber = "A valid number is required."
    static let numberTextTooLong = "String value too large."
    static let notBoolean = "Must be a valid boolean."
    static let notIdentifier = "Must be a valid UUID."
    static let notURL = "Enter a valid URL."
    static let notEmail = "Enter a valid email address."
    static let notJSON = "Value must be valid JSON."
    static let notDatetime =
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."

    static func notChoice(_ value: JSONValue) -> String { "\"\(value.pythonText)\" is not a valid choice." }
    static func notList(_ value: JSONValue) -> String { "Expected a list of items but got type \"\(value.typeName)\"." }
    static func notObject(_ value: JSONValue) -> String { "Invalid data. Expected a dictionary, but got \(value.typeName)." }

    static func tooLong(_ limit: Int) -> String { "Ensure this field has no more than \(limit) characters." }
    static func tooShort(_ limit: Int) -> String { "Ensure this field has at least \(limit) characters." }
    static func tooManyItems(_ limit: Int) -> String { "Ensure this field has no more than \(limit) elements." }
    static func tooSmall(_ limit: String) -> String { "Ensure this value is greater than or equal to \(limit)." }
    static func tooLarge(_ limit: String) -> String { "Ensure this value is less than or equal to \(limit)." }
}
