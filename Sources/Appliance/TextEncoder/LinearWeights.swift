import CEncoderKernels

/// One linear map of the model, or several that read the same input: for each
/// output a row of weights, and a number to add.
///
/// The weights are copied from the file into the order in which a product reads
/// them, once: products with a few rows, which a question is, would else spend
/// their time on that.
final class LinearWeights: @unchecked Sendable {
    // Safety: the memory is written in `init`, before the object is shared, and never again; it lives until `deinit`.
    let packed: UnsafePointer<Float>
    let bias: UnsafePointer<Float>
    let inputs: Int
    let outputs: Int

    /// The maps of these names, `outputs` of each, one after the other.
    init(_ names: [String], in file: Safetensors, inputs: Int, outputs: Int) throws(EncoderError) {
        // A panel of the kernel must not hold outputs of two maps.
        precondition(names.count == 1 || outputs % Int(CENC_PANEL) == 0, "parts of whole panels")
        var parts: [(weight: Tensor, bias: Tensor)] = []
        for name in names {
            parts.append(
                (
                    try file.numbers(name + ".weight", shape: [outputs, inputs]),
                    try file.numbers(name + ".bias", shape: [outputs])
                ))
        }
        self.inputs = inputs
        self.outputs = outputs * names.count
        let size = cenc_packed_size(outputs, inputs)
        let alignment = 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: names.count * size * MemoryLayout<Float>.stride, alignment: alignment)
        let packed = memory.bindMemory(to: Float.self, capacity: names.count * size)
        let bias = UnsafeMutablePointer<Float>.allocate(capacity: self.outputs)
        for (index, part) in parts.enumerated() {
            cenc_pack(part.weight.numbers, outputs, inputs, packed + index * size)
            (bias + index * outputs).initialize(from: part.bias.numbers, count: outputs)
        }
        self.packed = UnsafePointer(packed)
        self.bias = UnsafePointer(bias)
    }

    deinit {
        packed.deallocate()
        bias.deallocate()
    }
}
