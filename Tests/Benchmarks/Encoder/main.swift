import Glibc
import TextEncoder

// Times the encoder by itself, in one process and on one thread:
//
//   jobraker-bench-encoder MODEL_DIRECTORY TEXTS BATCH ROUNDS
//
// TEXTS is a file of one text a line. Its first BATCH lines are encoded together, ROUNDS times after a few to warm up; or,
// with a BATCH of 0, all lines once, in batches of 32, and the vectors are kept. Prints one line of JSON.

/// Seconds of processor time of this thread.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func contents(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else {
        perror(path)
        exit(2)
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&piece, 1, piece.count, file)
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
}

/// The most memory that this process ever held, in KiB.
func peakMemory() -> String {
    let lines = String(decoding: contents("/proc/self/status"), as: UTF8.self).split(separator: "\n")
    return lines.first { $0.hasPrefix("VmHWM:") }.map { $0.filter(\.isNumber) } ?? "0"
}

let words = CommandLine.arguments
guard words.count == 5, let batch = Int(words[3]), let rounds = Int(words[4]) else {
    print("usage: jobraker-bench-encoder MODEL_DIRECTORY TEXTS BATCH ROUNDS")
    exit(2)
}
let opening = now()
let model = try MiniLM(weightsFile: words[1] + "/model.safetensors", vocabulary: contents(words[1] + "/vocab.txt"))
let opened = now() - opening
let texts = contents(words[2]).split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
var (seconds, tokens): ([Double], Int) = ([], 0)
if batch > 0 {
    let together = Array(texts.prefix(batch))
    for round in 0..<(rounds + 3) {
        let begin = now()
        tokens = try model.encode(together).reduce(0) { $0 + $1.tokens }
        if round >= 3 { seconds.append(now() - begin) }
    }
} else {
    var kept: [Encoding] = []
    let begin = now()
    for start in stride(from: 0, to: texts.count, by: 32) { kept += try model.encode(Array(texts[start..<min(start + 32, texts.count)])) }
    seconds = [now() - begin]
    tokens = kept.reduce(0) { $0 + $1.tokens }
}
print(#"{"tokens":\#(tokens),"seconds":\#(seconds),"open":\#(opened),"peak_kib":\#(peakMemory())}"#)
