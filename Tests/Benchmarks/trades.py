"""What vacancies of the benchmarks are made of beside the O*NET occupations: places, tools of each trade, phrases."""

# The nearer to the front, the more vacancies are there.
PLACES = [
    ("New York", "NY", "US"), ("London", "", "GB"), ("Berlin", "", "DE"), ("San Francisco", "CA", "US"), ("Chicago", "IL", "US"),
    ("Toronto", "ON", "CA"), ("Boston", "MA", "US"), ("Houston", "TX", "US"), ("Los Angeles", "CA", "US"), ("Austin", "TX", "US"),
    ("Seattle", "WA", "US"), ("Paris", "", "FR"), ("Amsterdam", "", "NL"), ("München", "", "DE"), ("Dublin", "", "IE"),
    ("Denver", "CO", "US"), ("Atlanta", "GA", "US"), ("Dallas", "TX", "US"), ("Phoenix", "AZ", "US"), ("Madrid", "", "ES"),
    ("Philadelphia", "PA", "US"), ("Washington", "DC", "US"), ("Vancouver", "BC", "CA"), ("Zürich", "", "CH"), ("Manchester", "", "GB"),
    ("Hamburg", "", "DE"), ("Portland", "OR", "US"), ("San Diego", "CA", "US"), ("Minneapolis", "MN", "US"), ("Miami", "FL", "US"),
    ("Montréal", "QC", "CA"), ("Stockholm", "", "SE"), ("København", "", "DK"), ("Wien", "", "AT"), ("Barcelona", "", "ES"),
    ("Milano", "", "IT"), ("Lisboa", "", "PT"), ("Warszawa", "", "PL"), ("Kraków", "", "PL"), ("Praha", "", "CZ"),
    ("Detroit", "MI", "US"), ("Nashville", "TN", "US"), ("Charlotte", "NC", "US"), ("Raleigh", "NC", "US"), ("Columbus", "OH", "US"),
    ("Indianapolis", "IN", "US"), ("Kansas City", "MO", "US"), ("Salt Lake City", "UT", "US"), ("San Antonio", "TX", "US"),
    ("Pittsburgh", "PA", "US"), ("Baltimore", "MD", "US"), ("Cleveland", "OH", "US"), ("Edinburgh", "", "GB"), ("Leeds", "", "GB"),
    ("Bristol", "", "GB"), ("Frankfurt am Main", "", "DE"), ("Köln", "", "DE"), ("Stuttgart", "", "DE"), ("Leipzig", "", "DE"),
    ("Lyon", "", "FR"), ("Rotterdam", "", "NL"), ("Antwerpen", "", "BE"), ("Oslo", "", "NO"), ("Helsinki", "", "FI"),
    ("Tallinn", "", "EE"), ("Budapest", "", "HU"), ("Omaha", "NE", "US"), ("Tulsa", "OK", "US"), ("Boise", "ID", "US"),
    ("Reno", "NV", "US"), ("Spokane", "WA", "US"), ("Fargo", "ND", "US"), ("Anchorage", "AK", "US"), ("Halifax", "NS", "CA"),
]

# By major group of the occupation. What several trades use stands with each.
TOOLS = {
    "11": ["Excel", "PowerPoint", "budgeting", "strategic planning", "OKR", "project management", "Salesforce", "SAP", "Jira"],
    "13": ["Excel", "SAP", "QuickBooks", "financial modeling", "GAAP", "IFRS", "auditing", "Power BI", "Tableau", "SQL", "payroll"],
    "15": ["Python", "SQL", "Java", "JavaScript", "TypeScript", "C++", "C#", "Go", "Rust", "Swift", "Kubernetes", "Docker", "AWS",
           "Azure", "Linux", "PostgreSQL", "React", "Node.js", "machine learning", "TensorFlow", "CI/CD", "Terraform", "R", "Spark"],
    "17": ["AutoCAD", "SolidWorks", "MATLAB", "CATIA", "Revit", "finite element analysis", "PLC", "GD&T", "Civil 3D", "C++", "Python"],
    "19": ["R", "Python", "SPSS", "PCR", "chromatography", "GIS", "ArcGIS", "statistics", "laboratory techniques", "grant writing"],
    "21": ["case management", "counseling", "crisis intervention", "Spanish", "motivational interviewing", "HIPAA", "documentation"],
    "23": ["legal research", "Westlaw", "LexisNexis", "contract law", "litigation", "e-discovery", "GDPR", "compliance"],
    "25": ["curriculum development", "Google Classroom", "Moodle", "classroom management", "lesson planning", "special education"],
    "27": ["Photoshop", "Illustrator", "InDesign", "Figma", "Premiere Pro", "copywriting", "SEO", "After Effects", "photography"],
    "29": ["Epic", "BLS", "ACLS", "HIPAA", "patient care", "phlebotomy", "ICD-10", "electronic health records", "medication administration"],
    "31": ["patient care", "CPR", "vital signs", "BLS", "infection control", "medical terminology", "electronic health records"],
    "33": ["CPR", "first aid", "surveillance", "report writing", "firearms", "emergency response", "access control"],
    "35": ["food safety", "HACCP", "ServSafe", "POS systems", "menu planning", "inventory", "barista", "knife skills"],
    "37": ["pesticide application", "floor care", "landscaping", "irrigation", "OSHA", "chain saw", "forklift"],
    "39": ["CPR", "child care", "cosmetology", "event planning", "fitness instruction", "first aid", "customer service"],
    "41": ["Salesforce", "HubSpot", "cold calling", "CRM", "negotiation", "lead generation", "merchandising", "POS systems", "B2B"],
    "43": ["Excel", "Word", "Outlook", "data entry", "typing", "SAP", "scheduling", "bookkeeping", "customer service", "QuickBooks"],
    "45": ["tractor", "irrigation", "animal husbandry", "GPS guidance", "pesticide application", "forklift", "chain saw"],
    "47": ["blueprint reading", "OSHA", "scaffolding", "concrete", "framing", "welding", "excavator", "rigging", "plumbing"],
    "49": ["HVAC", "preventive maintenance", "hydraulics", "PLC", "welding", "electrical diagnostics", "multimeter", "EPA 608"],
    "51": ["CNC", "lean manufacturing", "Six Sigma", "forklift", "quality control", "welding", "GMP", "calipers", "ISO 9001"],
    "53": ["CDL", "forklift", "route planning", "DOT regulations", "GPS navigation", "hazmat", "warehouse management", "RF scanner"],
    "55": ["leadership", "security clearance", "radio communication", "navigation", "first aid", "weapons handling"],
}
SOFT_SKILLS = [
    "active listening", "communication", "critical thinking", "teamwork", "time management", "problem solving", "attention to detail",
    "negotiation", "writing", "troubleshooting", "instructing", "decision making", "customer service", "English", "Spanish", "German",
]

# Yearly pay in the middle of the scale, in thousands, by major group.
PAY = {
    "11": 105, "13": 76, "15": 102, "17": 88, "19": 75, "21": 52, "23": 95, "25": 57, "27": 58, "29": 78, "31": 36, "33": 48, "35": 32,
    "37": 35, "39": 34, "41": 42, "43": 42, "45": 35, "47": 52, "49": 52, "51": 42, "53": 40, "55": 50,
}
LEVELS = {"entry": ("Junior ", 0.75), "mid": ("", 1.0), "senior": ("Senior ", 1.3), "lead": ("Lead ", 1.5), "executive": ("Head ", 2.1)}

BRANCHES = [
    "Logistics", "Health", "Systems", "Foods", "Energy", "Partners", "Technologies", "Group", "Labs", "Consulting", "Industries",
    "Insurance", "Bank", "Media", "Robotics", "Transport", "Construction", "Clinic", "Academy", "Retail", "Software", "Motors",
]
ABOUT = [
    "{company} has been at home in {city} since {year} and employs about {size} people.",
    "We are {company}, a team of {size} that has grown every year since it was founded in {year}.",
    "Since {year} {company} has served customers all over {country}; {size} colleagues look forward to you.",
]
ASKS = [
    "At least {years} years of practice with {skill}.", "You know {skill} well and like to learn what you do not know yet.",
    "A degree or a completed apprenticeship, or {years} years of experience that are worth as much.",
    "{skill} is an advantage, {soft} a must.", "A valid driving licence and the willingness to travel up to {share} % of the time.",
    "Good {soft}, also under pressure.", "You can show work with {skill}.",
]
OFFERS = [
    "{days} days of leave a year.", "Flexible hours and {share} % of the time at home.", "A pension plan to which we add {share} %.",
    "Health, dental and vision insurance from the first day.", "A budget of {size} for courses and conferences.",
    "Shifts that are planned four weeks ahead.", "Parking, a canteen and a gym.", "A yearly bonus that depends on results.",
]
