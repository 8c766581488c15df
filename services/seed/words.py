"""The words from which seeded people, purposes and rooms are combined."""

# ruff: noqa: SIM905 - names read best as running text

from models import ComboType

FIRST_NAMES = (
    "Ada Adele Aisha Akira Alba Amara Amir Ana Anders Anika Arjun Astrid Ayo Bao Beatriz Bela Bjorn Camila Carlos Chen "
    "Chiara Dalia Daniel Dmitri Elena Elif Emeka Emma Erik Esra Farah Felix Fatima Freya Gabriel Giulia Grace Hana "
    "Hassan Helena Hugo Ida Ines Ingrid Isabel Ivan Jamal Jana Jonas Julia Kaito Karim Katya Kofi Lara Lars Leila Lena "
    "Liam Lucia Magnus Malik Maria Marta Mateo Maya Mei Mina Nadia Naomi Nia Nils Noor Olga Omar Oskar Paola Pedro "
    "Priya Rafael Ravi Rosa Samir Sara Selin Sofia Soren Tariq Tomas Uma Vera Viktor Wanjiru Yara Yuki Zainab Zoe"
).split()
LAST_NAMES = (
    "Abara Adeyemi Ahmed Almeida Andersson Arslan Bakker Banerjee Barros Becker Bergman Bianchi Bondarenko Castillo "
    "Chaudhry Cho Costa Dahl Delgado Demir Diallo Dubois Eriksen Esposito Farouk Fernandez Fischer Fontaine Fujita "
    "Garcia Ghosh Gonzalez Greco Gupta Haddad Hansen Hassan Herrera Hoffmann Horvat Ibrahim Ito Ivanova Jansen Jensen "
    "Johansson Kaplan Kariuki Keller Khan Kimura Kowalski Kumar Larsen Laurent Lehmann Lindqvist Lopez Mahmoud Marino "
    "Mbeki Mendes Meyer Moreau Mori Mwangi Nakamura Nguyen Nielsen Novak Okafor Olsen Ortega Osei Pavlov Pereira "
    "Petrov Popescu Rahman Ramos Rao Ricci Rojas Romero Rossi Sato Schneider Sharma Silva Singh Sorensen Suzuki "
    "Takahashi Tanaka Torres Vargas Virtanen Wagner Weber Wojcik Yamada Yilmaz Zhang Zimmermann"
).split()

PRODUCTS = {
    ComboType.WEB: (
        "A booking site",
        "A landing page",
        "A portfolio",
        "A shop",
        "A blog with a newsletter",
        "A membership site",
        "A website with online ordering",
        "An event site with tickets",
        "A directory",
        "A marketing site",
    ),
    ComboType.ENTERPRISE: (
        "An internal dashboard",
        "A CRM",
        "A team scheduler",
        "An inventory back office",
        "A compliance tracker",
        "An admin panel for invoices",
        "A supplier portal",
        "A ticket desk",
    ),
    ComboType.APP: (
        "A mobile app",
        "A loyalty app",
        "A chat app",
        "An appointment app",
        "A delivery tracker app",
        "A fitness app",
        "A field report app",
    ),
    ComboType.CUSTOM: (
        "A price calculator",
        "A data pipeline",
        "A recommendation engine",
        "A document search",
        "A forecast tool",
    ),
}
"""What people want built; each product's kind is the combo of its project."""

TRADES = (
    "architects",
    "bakeries",
    "bicycle workshops",
    "bookshops",
    "breweries",
    "butchers",
    "car sharers",
    "carpenters",
    "ceramic studios",
    "cheese makers",
    "choirs",
    "climbing gyms",
    "coffee roasters",
    "community gardens",
    "dance schools",
    "dentists",
    "dog groomers",
    "driving schools",
    "electricians",
    "farm shops",
    "film festivals",
    "florists",
    "food banks",
    "freight forwarders",
    "furniture makers",
    "galleries",
    "guest houses",
    "hairdressers",
    "hotels",
    "housing associations",
    "instrument makers",
    "jewellers",
    "kindergartens",
    "language schools",
    "law firms",
    "letting agents",
    "museums",
    "opticians",
    "orchards",
    "pharmacies",
    "photographers",
    "physiotherapists",
    "potters",
    "record labels",
    "restaurants",
    "riding stables",
    "running clubs",
    "sailing schools",
    "solar installers",
    "tailors",
    "tax advisers",
    "tea importers",
    "theatres",
    "tour guides",
    "toy makers",
    "translators",
    "vets",
    "vineyards",
    "watchmakers",
    "yoga studios",
)
TOWNS = (
    "Aarhus Accra Antwerp Athens Barcelona Basel Bergen Berlin Bologna Bordeaux Bristol Brno Cairo Casablanca Cork "
    "Curitiba Dakar Dublin Dundee Gdansk Geneva Ghent Glasgow Graz Hanoi Helsinki Istanbul Izmir Jaipur Kigali Kyoto "
    "Lagos Leipzig Lima Lisbon Ljubljana Lyon Malmö Manila Medellín Montreal Mumbai Nairobi Naples Oaxaca Oslo Osaka "
    "Porto Prague Pune Quito Riga Rosario Rotterdam Seville Sofia Tallinn Tbilisi Tunis Turin Utrecht Valencia Vienna "
    "Vilnius Wroclaw Zagreb"
).split()
AUDIENCES = (
    "regular customers and their friends",
    "first-time visitors on their phones",
    "families with small children",
    "students on a budget",
    "our own staff of twelve",
    "owners of small businesses",
    "retired people with time to spare",
    "buyers at large companies",
    "volunteers and their coordinators",
    "tourists who stay a weekend",
    "commuters",
    "people who have never booked online",
    "our suppliers",
    "members of the association",
    "parents and teachers",
    "field teams without good reception",
    "collectors",
    "neighbours",
    "the finance team",
    "patients and their relatives",
)
ROOMS = (
    "Main room",
    "Prompt workshop",
    "Design review",
    "Kick-off",
    "Client call",
    "Launch room",
    "Copy desk",
    "Second opinion",
)
STACKS = {
    ComboType.ENTERPRISE: ("Next.js, PostgreSQL, SSO", "React, FastAPI, PostgreSQL", "Remix, PostgreSQL, Redis"),
    ComboType.WEB: ("Next.js, Tailwind", "Astro, Tailwind", "Next.js, Supabase", "SvelteKit"),
    ComboType.APP: ("Expo, React Native", "Expo, Supabase", "Flutter, Firebase"),
    ComboType.CUSTOM: ("Python, FastAPI", "To be chosen", "Node.js, PostgreSQL"),
}
EMAIL_DOMAINS = ("example.com", "example.net", "example.org", "mail.example", "studio.example", "works.example")
