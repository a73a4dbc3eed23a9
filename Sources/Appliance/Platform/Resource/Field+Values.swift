// Builders of fields that hold numbers, booleans, identifiers, moments and JSON.

extension Field {
    package static func integer(
        _ name: String, range: ClosedRange<Int> = 0...2_147_483_647, required: Bool = true, default defaultValue: JSONValue? = nil,
        get: Getter<Int>? = nil, set: Setter<Int>? = nil
    ) -> Field {
        Field(schema(name, .integer, required, defaultValue, limits(range)), IntegerRule(range: range), get: get, set: set)
    }

    package static func integer(
        _ name: String, range: ClosedRange<Int> = 0...2_147_483_647, required: Bool = true, nullable: Bool,
        default defaultValue: JSONValue? = nil, get: Getter<Int?>? = nil, set: Setter<Int?>? = nil
    ) -> Field {
        let schema = schema(name, .integer, required, defaultValue, limits(range))
        return Field(schema, nullable: nullable, IntegerRule(range: range), get: get, set: set)
    }

    package static func number(
        _ name: String, range: ClosedRange<Double>? = nil, required: Bool = true, default defaultValue: JSONValue? = nil,
        get: Getter<Double>? = nil, set: Setter<Double>? = nil
    ) -> Field {
        Field(schema(name, .number, required, defaultValue, range), NumberRule(range: range), get: get, set: set)
    }

    package static func number(
        _ name: String, range: ClosedRange<Double>? = nil, required: Bool = true, nullable: Bool, default defaultValue: JSONValue? = nil,
        get: Getter<Double?>? = nil, set: Setter<Double?>? = nil
    ) -> Field {
        Field(schema(name, .number, required, defaultValue, range), nullable: nullable, NumberRule(range: range), get: get, set: set)
    }

    package static func boolean(
        _ name: String, required: Bool = true, default defaultValue: JSONValue? = nil, get: Getter<Bool>? = nil, set: Setter<Bool>? = nil
    ) -> Field {
        Field(schema(name, .boolean, required, defaultValue), BooleanRule(), get: get, set: set)
    }

    package static func identifier(
        _ name: String, required: Bool = true, get: Getter<Identifier>? = nil, set: Setter<Identifier>? = nil
    ) -> Field {
        Field(schema(name, .identifier, required, nil), IdentifierRule(), get: get, set: set)
    }

    package static func identifier(
        _ name: String, required: Bool = true, nullable: Bool, get: Getter<Identifier?>? = nil, set: Setter<Identifier?>? = nil
    ) -> Field {
        Field(schema(name, .identifier, required, nil), nullable: nullable, IdentifierRule(), get: get, set: set)
    }

    package static func datetime(
        _ name: String, required: Bool = true, get: Getter<Timestamp>? = nil, set: Setter<Timestamp>? = nil
    ) -> Field {
        Field(schema(name, .datetime, required, nil), DatetimeRule(), get: get, set: set)
    }

    package static func datetime(
        _ name: String, required: Bool = true, nullable: Bool, get: Getter<Timestamp?>? = nil, set: Setter<Timestamp?>? = nil
    ) -> Field {
        Field(schema(name, .datetime, required, nil), nullable: nullable, DatetimeRule(), get: get, set: set)
    }

    package static func json(
        _ name: String, required: Bool = true, default defaultValue: JSONValue? = nil,
        get: Getter<JSONValue>? = nil, set: Setter<JSONValue>? = nil
    ) -> Field {
        Field(schema(name, .json, required, defaultValue), JSONRule(), get: get, set: set)
    }

    package static func json(
        _ name: String, required: Bool = true, nullable: Bool, default defaultValue: JSONValue? = nil,
        get: Getter<JSONValue?>? = nil, set: Setter<JSONValue?>? = nil
    ) -> Field {
        Field(schema(name, .json, required, defaultValue), nullable: nullable, JSONRule(), get: get, set: set)
    }

    private static func limits(_ range: ClosedRange<Int>) -> ClosedRange<Double> {
        Double(range.lowerBound)...Double(range.upperBound)
    }

    private static func schema(
        _ name: String, _ kind: FieldSchema.Kind, _ required: Bool, _ defaultValue: JSONValue?, _ limits: ClosedRange<Double>? = nil
    ) -> FieldSchema {
        var schema = FieldSchema(name, kind)
        schema.isRequired = required
        schema.defaultValue = defaultValue
        schema.minimum = limits?.lowerBound
        schema.maximum = limits?.upperBound
        return schema
    }
}
