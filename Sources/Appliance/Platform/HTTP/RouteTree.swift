/// Why a route table cannot be built.
package enum RouteTableError: Error, Equatable {
    case duplicate(method: String, pattern: String)
    case malformed(pattern: String)
}

/// The routes of one path: what its methods are, and how the path as a whole is protected.
struct RoutePlace: Sendable {
    var routes: [String: Route] = [:]
    /// The names of the path's parameters, in order, for each method: two routes may name one segment differently.
    var parameters: [String: [String]] = [:]
    /// Where each method's route stands in the table.
    var places: [String: Int] = [:]

    func route(for method: String) -> Route? {
        routes[method] ?? (method == "HEAD" ? routes["GET"] : nil)
    }

    /// The order in which the original server lists methods.
    private static let order = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    var allow: [String] {
        var methods = Self.order.filter { routes[$0] != nil }
        if routes["GET"] != nil { methods.append("HEAD") }
        return methods + ["OPTIONS"]
    }

    /// The route that stands for the path where a method has none of its own: GET if there is one, for OPTIONS is
    /// authenticated like it.
    var representative: Route? {
        Self.order.lazy.compactMap { routes[$0] }.first
    }
}

/// The route table as a tree over path segments, built once.
///
/// A literal segment wins over a parameter, and where the literal's branch leads nowhere the parameter's is tried.
/// The depth is that of the longest pattern, so a hostile path costs no more than a real one.
struct RouteTree: Sendable {
    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var place: RoutePlace?
    }

    private var nodes = [Node()]

    init(_ routes: [Route]) throws(RouteTableError) {
        for (place, route) in routes.enumerated() { try insert(route, at: place) }
    }

    private mutating func insert(_ route: Route, at tablePlace: Int) throws(RouteTableError) {
        guard route.pattern.hasPrefix("/"), let segments = Self.segments(of: route.pattern) else {
            throw .malformed(pattern: route.pattern)
        }
        var index = 0
        var names: [String] = []
        for segment in segments {
            if segment.hasPrefix("{"), segment.hasSuffix("}"), segment.count > 2 {
                let name = String(segment.dropFirst().dropLast())
                guard !names.contains(name) else { throw .malformed(pattern: route.pattern) }
                names.append(name)
                index = nodes[index].parameter ?? grow { nodes, new in nodes[index].parameter = new }
            } else {
                index = nodes[index].literals[segment] ?? grow { nodes, new in nodes[index].literals[segment] = new }
            }
        }
        var place = nodes[index].place ?? RoutePlace()
        guard place.routes.updateValue(route, forKey: route.method) == nil else {
            throw .duplicate(method: route.method, pattern: route.pattern)
        }
        place.parameters[route.method] = names
        place.places[route.method] = tablePlace
        nodes[index].place = place
    }

    private mutating func grow(_ link: (inout [Node], Int) -> Void) -> Int {
        nodes.append(Node())
        link(&nodes, nodes.count - 1)
        return nodes.count - 1
    }

    /// The place of a path as it was sent, and the texts of its parameter segments. Nil for a path that no route
    /// has, and for one that cannot be decoded.
    func find(_ path: String) -> (place: RoutePlace, values: [String])? {
        guard path.utf8.first == UInt8(ascii: "/"), let segments = Self.segments(of: path) else { return nil }
        var values: [String] = []
        guard let index = descend(from: 0, segments[...], &values), let place = nodes[index].place else { return nil }
        return (place, values)
    }

    private func descend(from index: Int, _ segments: ArraySlice<String>, _ values: inout [String]) -> Int? {
        guard let segment = segments.first else { return nodes[index].place == nil ? nil : index }
        let rest = segments.dropFirst()
        if let next = nodes[index].literals[segment], let found = descend(from: next, rest, &values) { return found }
        guard let next = nodes[index].parameter, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = descend(from: next, rest, &values) { return found }
        values.removeLast()
        return nil
    }

    /// The decoded segments of a path, whose one trailing slash does not count.
    private static func segments(of path: String) -> [String]? {
        var pieces = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        var segments: [String] = []
        segments.reserveCapacity(pieces.count)
        for piece in pieces {
            guard let segment = PercentCoding.decodeSegment(piece) else { return nil }
            segments.append(segment)
        }
        return segments
    }
}
