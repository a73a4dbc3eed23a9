/// The matters on which advice can be asked for.
enum AdviceKind: String, Sendable, CaseIterable {
    case resume, interview, salary, application, skills, networking, general

    /// What the model is told to look at.
    var focus: String {
        switch self {
        case .resume: "how to write and improve the résumé: structure, evidence of results, words that fit the jobs wanted"
        case .interview: "how to prepare for interviews: likely questions, stories to tell, questions to ask back"
        case .salary: "pay: what is realistic for this person, how to research it, how to negotiate"
        case .application: "how to apply: choosing jobs, tailoring each application, following up"
        case .skills: "which skills to build next, and how to prove them"
        case .networking: "how to meet people who can help, and what to say to them"
        case .general: "the job search as a whole"
        }
    }
}
