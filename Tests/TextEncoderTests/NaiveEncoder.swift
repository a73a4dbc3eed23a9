import Glibc
import TestSupport

/// The model as its paper has it, in double precision, one number after the other: what the fast one must agree with.
struct NaiveEncoder {
    private let width = TinyModel.width
    private let weights: [String: [Double]]

    init(model: TinyModel) {
        weights = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, $0.values.map(Double.init)) })
    }

    func encode(_ tokens: [Int]) -> [Double] {
        let words = self["embeddings.word_embeddings.weight"]
        let places = self["embeddings.position_embeddings.weight"]
        let type = self["embeddings.token_type_embeddings.weight"]
        var x = tokens.enumerated().map { position, token in
            norm((0..<width).map { words[token * width + $0] + places[position * width + $0] + type[$0] }, "embeddings.LayerNorm")
        }
        for layer in 0..<2 {
            let name = "encoder.layer.\(layer)."
            let mixed = attend(x, name + "attention.self.")
            x = zip(x, mixed).map { norm(add($0, linear($1, name + "attention.output.dense")), name + "attention.output.LayerNorm") }
            x = x.map { row in
                let wide = linear(row, name + "intermediate.dense").map { $0 * 0.5 * (1 + erf($0 / 2.0.squareRoot())) }
                return norm(add(row, linear(wide, name + "output.dense")), name + "output.LayerNorm")
            }
        }
        let mean = (0..<width).map { column in x.reduce(0) { $0 + $1[column] } / Double(x.count) }
        let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return mean.map { $0 / length }
    }

    private func attend(_ x: [[Double]], _ name: String) -> [[Double]] {
        Self.attention(
            queries: x.map { linear($0, name + "query") }, keys: x.map { linear($0, name + "key") },
            values: x.map { linear($0, name + "value") })
    }

    /// Attention of each query over all keys, in heads of 32.
    static func attention(queries: [[Double]], keys: [[Double]], values: [[Double]]) -> [[Double]] {
        queries.map { query in
            var out = [Double](repeating: 0, count: query.count)
            for head in stride(from: 0, to: query.count, by: 32) {
                let columns = head..<(head + 32)
                let scores = keys.map { key in dot(query[columns], key[columns]) / 32.0.squareRoot() }
                let top = scores.max() ?? 0
                let shares = scores.map { exp($0 - top) }
                let sum = shares.reduce(0, +)
                for column in columns {
                    let weighed = zip(shares, values).map { share, value in share * value[column] }
                    out[column] = weighed.reduce(0, +) / sum
                }
            }
            return out
        }
    }

    private static func dot(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func linear(_ row: [Double], _ name: String) -> [Double] {
        let (weight, bias) = (self[name + ".weight"], self[name + ".bias"])
        var result = bias
        for output in bias.indices {
            for input in row.indices { result[output] += row[input] * weight[output * row.count + input] }
        }
        return result
    }

    private func norm(_ row: [Double], _ name: String) -> [Double] {
        let (scale, shift) = (self[name + ".weight"], self[name + ".bias"])
        let mean = row.reduce(0, +) / Double(width)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        return row.indices.map { (row[$0] - mean) / (variance + 1e-12).squareRoot() * scale[$0] + shift[$0] }
    }

    private subscript(_ name: String) -> [Double] { weights[name] ?? [] }

    private func add(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }
}
