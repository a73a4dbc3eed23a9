import CVecKernels

/// A query as the codes of one frame see it: what a scan adds up, and how far its estimates may be off.
///
/// With the query q' and a row r, both as seen from the centre and rotated, of n numbers:
///
/// - Bits. The row's code is the signs of r. S is the sum of the numbers of q', each with the row's sign, and
///   |r|²/‖r‖₁·S estimates r·q'. The part of the row that its code does not catch points in a random direction
///   (that is what the rotation is for), so the estimate errs by a normal amount with the deviation
///   factor·√(1 - d²)·|q'|, where d, the cosine of row and code, is about 0.8. Only the part of q' that is at right
///   angles to the row matters there, which of a row near the query is less. The table's rounding adds to that.
/// - Bytes. The row is about step·code, q' about its own step·code, and S is that step times the product of the
///   codes. What rounding takes from a number is spread evenly over a step, of the row's and of the query's.
///
/// A bound is an estimate plus so many deviations, and so a row's true rank is above its bound rarely and by chance.
final class CodedQuery: Sendable {
    let table: [UInt8]
    let bytes: [Int8]
    let scale: Float
    let offset: Float
    let base: Float
    private let codes: VectorCodes
    private let deviations: Float
    /// The deviation of S is  √(varying·spread² + fixed).
    private let varying: Double
    private let fixed: Double
    /// What S is, of a row of bits at right angles to the query, is 0; of one in its direction, this.
    private let parallel: Double

    init(_ query: PreparedQuery, frame: CodeFrame, deviations: Float) {
        let size = frame.rotation.size
        var table = [UInt8](repeating: 0, count: frame.codes == .bits ? size * 4 : 0)
        var bytes = [Int8](repeating: 0, count: frame.codes == .bits ? 0 : size)
        var (scale, offset): (Float, Float) = (0, 0)
        let residual = frame.withResidual(of: query.values, scale: 1) { rotated, residual in
            if frame.codes == .bits {
                cvec_bits_table(&rotated, size, &table, &scale, &offset)
            } else {
                _ = cvec_bytes_encode(&rotated, size, &bytes, &scale)
            }
            return residual
        }
        (self.table, self.bytes, self.scale, self.offset) = (table, bytes, scale, offset)
        (self.codes, self.deviations) = (frame.codes, deviations)
        // Rounding to a step errs by 1/√12 of it.
        if frame.codes == .bits {
            varying = residual.squares * Double(size) / Double(size - 1)
            fixed = Double(scale) * Double(scale) * Double(size / 4) / 12
            parallel = 0.798 * (Double(size) * residual.squares).squareRoot()  // √(2/π), the mean of d
        } else {
            varying = Double(scale) * Double(scale) / 12
            fixed = residual.squares / 12
            parallel = 0
        }
        base =
            switch frame.metric {
            // q·x = q·c + q'·r + c·r
            case .cosine, .innerProduct: Self.roundedUp(residual.along + frame.centre.reduce(0) { $0 + Double($1) * Double($1) })
            case .l2: Self.roundedUp(-residual.squares)
            }
    }

    /// What the bounds of rows whose codes have this spread add to S.
    func slack(spread: Float) -> Float {
        deviations * Float((varying * Double(spread) * Double(spread) + fixed).squareRoot())
    }

    /// Whether a row may still have a rank, for what is known of it: the bound alone does not know yet how near the
    /// query a row must be for that.
    func mayReach(_ rank: Float, bound: Float, factor: Float, constant: Float, spread: Float) -> Bool {
        guard codes == .bits, factor > 0, parallel > 0 else { return bound >= rank }
        let needed = (Double(rank) - Double(base) - Double(constant)) / Double(factor)
        let cosine = min(max(needed, 0) / parallel, 1)
        let narrow = (varying * Double(spread) * Double(spread) * (1 - cosine * cosine) + fixed).squareRoot()
        return bound - factor * (slack(spread: spread) - deviations * Float(narrow)) >= rank
    }

    /// In single precision, and not below the value even after a few more roundings.
    static func roundedUp(_ value: Double) -> Float {
        Float(value + abs(value) * 0x1p-21)
    }
}
