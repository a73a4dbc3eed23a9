/// What is counted of the limiter. Clients are not named.
extension RateLimiter: MetricsSource {
    package func write(into writer: inout MetricsWriter) {
        writer.family("jobraker_ratelimit_rejected_total", .counter, "Requests that were too many, by class.") { family in
            for rateClass in RateClass.allCases { family.sample(refused(rateClass), ["class": rateClass.name]) }
        }
    }
}
