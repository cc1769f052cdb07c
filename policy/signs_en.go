package policy

// englishClasses are words that may stand in each other's place in English signs.
var englishClasses = map[string]string{
	"<not>": "not no none nobody never didnt wasnt hasnt isnt dont doesnt werent havent cant cannot " +
		"couldnt without unable wont",
	"<send>": "sent send sending mailed mailing emailed emailing e-mailed faxed faxing delivered mail " +
		"email e-mail fax letter letters postcard* mailer* handed gave given received receive forwarded posted " +
		"texted envelope* package* dispensed shipped",
	"<wrong>": "wrong incorrect another other different unintended erroneous improper mistaken unrelated",
	"<recipient>": "recipient* address* person patient* veteran* individual* member* customer* client* email " +
		"family parent* employee* people party parties fax number* company provider* physician* doctor* student* " +
		"insured* claimant* neighbo* employer* taxpayer* veteran",
	"<doc>": "letter* document* file* record* form* statement* bill* report* information results " +
		"paperwork package* chart* list* medication* prescription* appointment* check* invoice* data " +
		"spreadsheet* w2|w2s 1095* 1099* note* folder* binder*",
	"<device>": "laptop* computer* pc desktop* phone* smartphone* mobile* tablet* ipad* usb drive* disk* " +
		"thumb* flash* memory stick* hard hardware equipment device* server* backup* tape* camera* cd dvd cds " +
		"blackberry* briefcase* media iphone* notebook* harddrive*",
	"<paper>": "paper* document* record* file* chart* form* binder* folder* notebook* list* box* printout* " +
		"mail briefcase* bag* logbook* census report* prescription* package* paperwork",
	"<staff>": "employee* worker* nurse* staff* colleague* officer* clerk* technician* contractor* doctor* " +
		"physician* secretary insider* manager* teacher* physician* cop cops policeman official* detective* " +
		"analyst* assistant* aide receptionist* administrator* trooper* deputy programmer* supervisor* agent* " +
		"intern trainee* temp sysadmin* radiologist* pharmacist* consultant* volunteer* employe* teller* " +
		"resident coworker* workers",
	"<look>": "access* view* look* snoop* peek* read search* browse* obtain* open* pull* check* query " +
		"queried queries lookup*",
	"<case>": "record* file* chart* information database* data account* journal* system* medical profile* " +
		"history emr ehr phi",
	"<web>": "website* web online internet site* google facebook twitter intranet page* portal* search " +
		"youtube blog* public* ftp",
	"<login>":   "login* logins password* username* account accounts credential* code codes card cards badge* pin signin logon session* user",
	"<log>":     "log logs logging trail trails footage logbook logger",
	"<tell>":    "tell say show see know knows determine identify establish find prove reconstruct",
	"<strange>": "suspicious fake fraudulent bogus strange odd unknown spoofed phony scam weird",
	"<secret>":  "password* credential* login* bankid pin code* username* details",
	"<bin>":     "trash* dumpster* garbage recycl* bin bins landfill dump dumped rubbish waste curb",
	"<system>": "system* server* network* website* site* service* computer* application* app phone* internet " +
		"database* email portal*",
	"<personal>": "personal private own unauthorized home unapproved public",
}

// englishSigns are the English signs: the same matters as the Swedish ones, in the words of English-speaking employees and
// of the incident reports of authorities.
var englishSigns = []signRow{
	{topic(Misdelivery), 4, "misdeliver*|misdirect*|mismail*|missent|misaddress*|mis-mail*; " +
		"<wrong> <recipient> + <send>; <send> .. to .. <wrong>; <send> .. to .. wrong"},
	{topic(Misdelivery), 3.5, "wrong <recipient>; " +
		"received .. another|other|someone|wrong .. <recipient>|<doc>; " +
		"received|receive + belong*|intended|meant|addressed; <send> + <wrong> <recipient>; bcc; " +
		"visible .. recipients; reply all; <recipient> a .. <recipient> b; " +
		"wrong envelope*|printer|attachment|fax|email; attached wrong; intended for; addressed to another|wrong; " +
		"window .. envelope*; visible|showing|exposed .. envelope*|window"},
	{topic(Misdelivery), 3, "<send> .. <doc> + <wrong>; <send> .. another|other|different <recipient>; " +
		"<send> .. mistake*|inadvertent*|accident*|error*; mistake*|inadvertent*|accident*|error* .. <send>; " +
		"in error + <send>|received; incorrect address*|<recipient>; mix* up|mixup* + <send>|<recipient>; " +
		"mailing error*|mixup*; given to .. wrong|another; someone elses; same envelope; " +
		"forward* + accident*|wrong|inadvert*|mistak*; two <recipient> .. <doc>; recall* .. email|message*; " +
		"unencrypted email + sent; stuffed|stuffing"},
	{topic(Misdelivery), 2, "mailed|faxed|mailing; <send> .. <doc>; unintended; received .. in .. mail; " +
		"returned .. <doc>; fax*; envelope*; handed .. wrong; email .. attach*; letters .. to; postcard*; " +
		"mail merge"},
	{topic(Misdelivery), 1, "<send>; recipient*; attachment*"},

	{topic(PublishingError), 4, "posted|published|uploaded .. <web> + mistake*|inadvert*|accident*|error*; " +
		"accident*|inadvert*|mistake*|error* .. publish*|post|posted|posts|posting; unredact*|redact*; " +
		"publish*|posted .. personal|social|names|information|private|confidential .. <web>"},
	{topic(PublishingError), 3.5, "post|posts|posted|posting|publish*|published|upload*|available|accessible|" +
		"visible|exposed|viewable|displayed|searchable .. <web>; " +
		"<web> + available|accessible|visible|viewable|exposed .. public*|anyone|to; " +
		"google + index*|search*|cache*; public records request|requests; " +
		"publicly available|accessible|posted|viewable; made public"},
	{topic(PublishingError), 3, "publish*; posted; <web> .. show*|display*|list*|expos*|contain*|reveal*; " +
		"left .. <web>; exposed|exposes|exposing .. <web>|online|data; online + social security|ssn|names; " +
		"broadcast*|aired|televis*; released .. names|documents|information|records|public*; data .. online; " +
		"tweet*"},
	{topic(PublishingError), 2, "exposed|exposes|expose; online; released|releases; publicly; " +
		"website .. information; visible .. public; displayed"},
	{topic(PublishingError), 1, "<web>; public; leaked"},

	{topic(Loss), 4, "lost .. <device>|<paper>|<doc>; <device>|<paper>|<doc> .. lost|missing|misplaced; " +
		"misplac*; lost or stolen; loses|losing|loss .. <device>|<paper>|<doc>; " +
		"missing .. <device>|<paper>|<doc>; left .. on .. bus|train|taxi|plane|cab|subway|restaurant|roof|car"},
	{topic(Loss), 3.5, "lost; missing; loses|lose; <not> find|found|locate*|located; whereabouts; " +
		"unaccounted; unable .. locate; forgot*; fell|fallen .. out|off|from; left behind; " +
		"left .. <paper>|<device> .. in|on|at; " +
		"found .. street|road|parking|park|sidewalk|bathroom|hallway|cafeteria|highway|ground"},
	{topic(Loss), 2, "loss of; dropped; found .. <paper>|<device>; lost .. transit|mail; " +
		"keycard|badge|keys; turned in; left unattended"},
	{topic(Loss), 1, "<device>; in transit"},

	{topic(Theft), 4, "stolen|theft|thefts|stole|steals|stealing|steal .. <device>|<paper>|car|vehicle|" +
		"office|home|from; <device>|<paper> .. stolen|theft|burgl*|stole; " +
		"burglar*|burgl*|breakin|break-in|breakins|robber*|robbed|thief|thieves|shoplift*|heist; " +
		"broke*|broken|break into .. office*|car|vehicle|home|building|house|clinic|facility; skimm*; " +
		"vandal*|sabotag*|arson"},
	{topic(Theft), 3.5, "stolen <device>; theft|stolen|stole; break* in; smash*|pried .. window*|door*; " +
		"intruder*|trespass*|tailgat*; forced entry; stolen .. vehicle|car|office; tamper*; " +
		"atm|pump|pumps + device*|skim*|card*; cut .. cable*|fiber"},
	{topic(Theft), 2, "police .. report; surveillance; unlocked .. office|door|car; parking lot; stolen; " +
		"physical*; suspect*"},
	{topic(Theft), 1, "police; car|vehicle|trunk; door"},

	{topic(DisposalError), 4, "<paper>|<doc>|<device> + <bin>; improper* dispos*|discard*; " +
		"dispos* .. improper*; shred*; <bin> .. <paper>|<doc>|records|information; dispos*; " +
		"threw|thrown|throwing|tossed .. away|out|<bin>; discard*"},
	{topic(DisposalError), 3.5, "<bin>; abandon* + <paper>|<doc>|building|storage; " +
		"resold|sold|auction*|ebay|surplus|donated|second-hand + <device>|records|cabinet*; " +
		"wiped|erased|sanitiz* + <not>|<device>|before|prior; " +
		"deleted .. mistake*|accident*|inadvert*|permanent*|early; " +
		"accident*|inadvert*|mistaken* .. deleted|destroyed|purged|delete; filing cabinet*; recycl*; " +
		"storage unit|locker; left behind .. <paper>|building|office"},
	{topic(DisposalError), 2, "destroyed|destruction .. <paper>|<doc>; abandoned; deleted; purged; " +
		"retention; vacated|moved out"},
	{topic(DisposalError), 1, "scrap*; cleaning"},

	{topic(UnauthorisedAccess), 4, "<staff> .. <look> .. <case>; snoop*; inappropriate* <look>; " +
		"improper* <look>; unauthorized|unauthorised .. <look> .. <staff>; " +
		"<look> .. <case> .. without .. need|reason|authori*|permission|cause|business|work; " +
		"curiosity|curious|nosy; " +
		"former|ex <staff> .. <look>|took|stole|steal*|download*|copied|sabotag*|delet*|used|hack*|log*|leak*; " +
		"insider*; misus* .. <case>|access|position|database*|authority"},
	{topic(UnauthorisedAccess), 3.5, "<staff> + stole|stealing|steal|steals|sold|selling|sell|copied|took|" +
		"used|theft|taking|fraud*|identity|embezzl*|downloaded|bribe*|conspir*; " +
		"<staff> + snoop*|access*|view*|looked|look|searched|misus*|abuse*; " +
		"fired|terminated|suspended|resigned|disciplined|convicted|sentenced|pleaded|guilty|charged|arrested|" +
		"accused|indicted + <case>|<staff>|access*|information; without authori*|permission; " +
		"identity theft ring; for personal gain|use|reasons|profit; " +
		"<look> .. <case> .. ex|wife|husband|boyfriend|girlfriend|neighbo*|celebrit*|relative*|friend*|family|" +
		"spouse|coworker*|daughter|himself|herself|own; took .. photo*|picture*|pictures .. patient*|resident*; " +
		"abuse* .. access|privilege*|position|power*; " +
		"leaked|leaks|disclosed|gave|shared .. to .. media|press|friend*|newspaper*|reporter*"},
	{topic(UnauthorisedAccess), 3, "<look> .. <case>; inside job; privilege*; former <staff>; disgruntled; " +
		"tax refund*|returns .. fraud*|false; <staff> .. leak*|disclos*|gossip*|shar*|gave|sold; " +
		"trade secret*|proprietary|intellectual property|competitor*|corporate|espionage|rival; " +
		"whistleblow*|wikileaks; pretext .. job"},
	{topic(UnauthorisedAccess), 2, "unauthorized|unauthorised; <staff> .. <case>; " +
		"identit* .. theft|stolen|fraud|thieves; gossip*; <look>; fraud*; scheme; ex-employee*; sold"},
	{topic(UnauthorisedAccess), 1, "<staff>; record*; access*"},

	{topic(DataMishandling), 4, "<personal> email*|gmail|account*|dropbox|cloud|laptop|computer|phone|usb|" +
		"device*|drive*; chatgpt|copilot|openai|gemini|deepseek; " +
		"dropbox|gmail|whatsapp|wetransfer|icloud|hotmail|snapchat; " +
		"shared|sharing|share|lent|borrowed .. password*|login*|account*|credential*|badge"},
	{topic(DataMishandling), 3.5, "unencrypt*; google docs|drive|translate; " +
		"unapproved|unsanctioned|pirated|torrent*; policy violation*|violat*; took .. home|personal; " +
		"file sharing|p2p; sticky note*; password* .. written|note|shared|posted; " +
		"emailed .. to .. own|himself|herself|personal|home; ai tool*|assistant*; " +
		"unlocked screen|computer|workstation; peer to peer; " +
		"social media|facebook|instagram .. posted|photo*|picture*|patient*"},
	{topic(DataMishandling), 3, "mishandl*; unattended; facebook|instagram|twitter|myspace; " +
		"<not> authori*|approved|permitted .. install*|use|software|tool*; installed .. software|app|remote; " +
		"overheard|discuss* .. public|loud*|waiting|lobby|elevator; violation of policy; " +
		"improper* .. stor*|handl*|shar*|transport*|email*|transmit*; copied .. usb|drive|personal; " +
		"leaves|left .. unsecured; pornograph*|porn; storing .. home"},
	{topic(DataMishandling), 2, "mobile app; usb; cloud; leak*; improper*; against policy; encrypted; " +
		"photo*|picture*"},
	{topic(DataMishandling), 1, "app; disclos*; shared"},

	{topic(Misconfiguration), 4, "misconfig*; permission* .. wrong|set|broad|incorrect*|error*; " +
		"unsecured|unprotected|open|exposed server*|database*|bucket*|ftp|folder*|cloud|s3; " +
		"software|programming|coding|computer|technical|system glitch*|error*|bug|flaw*; glitch*; " +
		"bug .. allow*|show*|expos*|display*"},
	{topic(Misconfiguration), 3.5, "setting* .. wrong|incorrect*|public|error|set; " +
		"security|privacy setting*; firewall* .. off|disabled|down|misconf*|not|left; access control*; " +
		"without .. password* + <web>|<system>|folder*|anyone; anyone .. could|can .. see|open|access|view; " +
		"everyone .. can|could .. see|open|access; <web> + flaw*|glitch*|bug|vulnerab*|loophole|url; " +
		"could .. see|view .. other*|another|each; configur*; default password*; " +
		"still .. access|active .. after|left; upgrade|update|migration + see|visible|exposed|access*|allow*; " +
		"url .. chang*|modif*|number*"},
	{topic(Misconfiguration), 3, "see .. other|another|others .. account*|information|data|details; " +
		"unsecured; unprotected; shared folder|drive|link .. everyone|anyone|all|open; " +
		"<not> password protected|require*|secured; vulnerab*|flaw*|hole .. allow*|expos*|left|could; " +
		"accessible .. without; log* in .. see|saw|other|another"},
	{topic(Misconfiguration), 2, "permission*; setting*; exposed; security hole|lapse; technical; " +
		"accessible; patch*; server .. open|exposed|internet"},
	{topic(Misconfiguration), 1, "firewall*; upgrade; software; folder"},

	{topic(Phishing), 4, "phish*|spearphish*|smish*|vishing; scam*|swindl*|hoax; social engineer*; " +
		"impersonat*|posing|posed|pretend*|masquerad*|pretext*|spoof*; " +
		"<strange> email*|invoice*|call*|text*|link*|site*|website*|message*; " +
		"email|e-mail .. purport*|claim*|pretend*|appear* .. from; " +
		"trick*|dupe*|fooled|deceiv*|conned|lured .. into|employee*|staff|by|users"},
	{topic(Phishing), 3.5, "click* .. link*|attachment; w2|w2s .. email*|request*|scam|ceo|sent; " +
		"wire transfer*|gift card*|bank details; entered|gave|typed|provided .. <secret>; " +
		"business email compromise|bec; fake; caller* .. claim*|support|microsoft|password*; " +
		"ceo .. email*|fraud; bribe*|solicit*; claiming .. be|from"},
	{topic(Phishing), 2, "link; invoice*; spam*; email .. asking|asked|requesting|request; " +
		"called|phoned .. asking|pretending; fraudster*|scammer*|con; bankid"},
	{topic(Phishing), 1, "clicked; email; fraud*"},

	{topic(Malware), 4, "malware|ransom*|virus|viruses|trojan*|worm|spyware|keylog*|rootkit*|botnet*|" +
		"backdoor*|cryptolocker|wannacry|notpetya|petya|locky|zeus|cryptomin*|stuxnet|adware; infect*; " +
		"malicious code|software|program*|file*|script*; " +
		"encrypted .. files|servers|data|systems .. ransom|pay*|by|demand*"},
	{topic(Malware), 3.5, "point of sale|pos; bitcoin* .. demand*|pay*|ransom; " +
		"antivirus|anti-virus .. alert*|found|detect*|quarantin*; quarantin*; card* .. malware; memory scrap*; " +
		"magecart; popup*|pop-up*; held .. hostage; watering hole; payment card* .. <system>|breach*"},
	{topic(Malware), 2, "antivirus; payment card*|credit card* .. breach*|compromis*; extort*; encrypted; " +
		"bitcoin*; macro*; malicious"},
	{topic(Malware), 1, "payment; slow"},

	{topic(Intrusion), 4, "hack*; deface*|defacing; sql injection|sqli; brute force|bruteforce; " +
		"anonymous|lulzsec|antisec|syrian electronic|guccifer|anonghost; " +
		"stolen|compromised|leaked credential*|password*|login*; account* .. compromised|taken|hijack*|hack*; " +
		"unauthorized|unauthorised .. access .. to .. <system>|network|account*; " +
		"dump* .. database*|data|password*|email*|online|user*; hijack*"},
	{topic(Intrusion), 3.5, "intrusion|intruder*; " +
		"cyberattack*|cyberattacker*|cyber attack*|attacks|espionage|criminal*|crime|thieves; " +
		"breach* .. <system>|website|server*|network; attacker*; " +
		"compromis* .. <system>|account*|email*|server*|network|website; twitter .. account|accounts|feed; " +
		"broke into .. <system>|network|database|server*|account*; gained access; vulnerab* .. exploit*; " +
		"exploit*; login* .. from|attempt*|foreign|abroad|unknown; logged in .. from; " +
		"third party .. gained|access*; data breach; database* .. leak*|dump*|stolen|breach*; forward* rule*; " +
		"security breach; breached"},
	{topic(Intrusion), 3, "breach*; attack*; compromis*; " +
		"leak* .. data*|database*|info|email*|accounts|password*; " +
		"stole* .. data|database*|passwords|bitcoin*|credit|card*|online; " +
		"unauthorized access|party|individual*|person; credential*; outsider*; infiltrat*; cyber*; " +
		"data .. stolen|theft; pastebin; wallet|cryptocurrenc*|exchange|bitcoin*; twitter; " +
		"apt*|nation-state|state-sponsored|chinese|russian|china|russia|iranian|korea*; " +
		"website .. compromis*|hack*|attack*"},
	{topic(Intrusion), 2, "website; database*; accounts; server*; leak*; password*; credit card*; " +
		"wordpress; stolen .. data|information; unknown|unauthorized person*|party|individual*|source"},
	{topic(Intrusion), 1, "network; online; exposed; user*; <web>"},

	{topic(DenialOfService), 4.5, "ddos|dos|ddosed|dosed; denial .. service; tango down"},
	{topic(DenialOfService), 3, "knock*|took|taken|brought|taking .. offline|down; " +
		"flood* .. traffic|request*|calls|with; overload*|overwhelm* .. traffic|request*|site|server*; " +
		"traffic .. flood*|spike*|surge|massive|abnormal; requests .. second; takedown"},
	{topic(DenialOfService), 2, "traffic; offline .. attack*; attack* .. offline|down|website; disrupt*; " +
		"flood*; shut down .. website|site"},
	{topic(DenialOfService), 1, "offline; unavailable"},

	{topic(Outage), 4, "outage*; power failure*|cut|loss|outage*; " +
		"<system> .. is|are|was|were|been|went|goes|go down|offline|unavailable; crash*; " +
		"hardware|disk|software|system|equipment failure*|malfunction*; malfunction*"},
	{topic(Outage), 3.5, "<not> work*|start*|respond*|load*|open|reach*|log .. <system>|in; " +
		"<system> .. <not>; stopped working; fire|hurricane*|tornado*|earthquake*|storm*|lightning; " +
		"water leak*|damage; flooded|flooding; failed update|upgrade|backup*|disk|server*; " +
		"backup* .. fail*|missing; disruption*; expired certificate*; certificate .. expired; cable cut; " +
		"maintenance"},
	{topic(Outage), 2, "<system> .. slow|frozen|down; pen .. paper; manual*|paper .. instead; power; " +
		"failure; unavailab*; full disk; helpdesk; capacity; down"},
	{topic(Outage), 1, "slow; hours; offline"},

	{topic(IncorrectData), 4, "data entry error*|mistake*; mixed up|mix-up*|mixup*; " +
		"wrong|incorrect record*|file|chart|journal|amount|value*|dose|diagnosis|data|date + enter*|record*|" +
		"register*|regist*|document*|typed|saved|in; " +
		"entered|recorded|registered|documented|typed .. wrong|incorrect*|mistake*; overwrit*|overwrote; " +
		"duplicate*; misclassif*; miskey*"},
	{topic(IncorrectData), 3, "<not> match|matching|correct|add; " +
		"figures|numbers|values|amounts .. wrong|incorrect*|match; " +
		"altered|changed|modified .. record*|grade*|data|values|figure*; " +
		"wrong amount*|value*|date*|dose|person|patient; falsif*; corrupt*; columns|formula*|decimal|rows; " +
		"merged .. records|patients"},
	{topic(IncorrectData), 2, "incorrect; wrong; typo*; correct*|corrected|corrections; outdated"},
	{topic(IncorrectData), 1, "mistake*; spreadsheet"},

	{topic(Other), 3, "drone*; <not> sure .. if|whether|what|where|incident|report; is this .. incident; " +
		"threat* .. letter|phone|call|bomb"},
	{topic(Other), 2, "not sure; unclear; unknown .. how|cause|reason; question; test"},
	{topic(Other), 1, "strange|odd|weird; under investigation"},

	{topicPersonalData, 3, "personal information|data|details; " +
		"patient*|veteran*|client*|pupil*|resident*|student*|customer*|member*; ssn|ssns|phi|pii; " +
		"social security; medical|health|diagnos*; medication*; names|addresses; payroll|salary|tax; " +
		"credit card*; identity"},
	{topicPersonalData, 2, "name; employee*; records; birth; record; personnel; children|child; user*; " +
		"grade*; parent*"},
	{topicPersonalData, 1, "account*; email*; person|people"},

	{topicNoPersonalData, 3, "no personal|patient|customer|client data|information|details"},

	{topicSensitive, 3, "medical|health|diagnos*|hiv|psychiatric|medication*|mental; " +
		"religion|ethnic*|sexual; protected identity|address"},

	{topicOngoing, 3, "ongoing|still|continuing|currently; right now; " +
		"<not> fixed|resolved|found|recovered|solved"},

	{topicEnded, 3, "resolved|fixed|restored|recovered|solved; " +
		"returned|removed|blocked|reset|deleted|retrieved; back .. up|online|working; taken down"},

	{topicNearMiss, 3, "near miss; nobody|none|no one .. click*|opened|hurt|affected|harm*; " +
		"almost|nearly|close call; <not> click*|opened; caught .. before|in time; blocked|stopped .. before; " +
		"could have"},

	{topicHarm, 3, "i|she|he|they clicked; entered|gave .. password*|details"},

	{topicSupplier, 3, "vendor*|supplier*|contractor*|subcontractor*; third party|third-party; " +
		"business associate*"},

	{topicSweden, 3, "national security|classified; protective security"},

	{topicIntegrity, 3, "altered|modified|changed .. record*|data|grade*|website; deface*; tamper*; " +
		"fraud*; corrupt*"},

	{topicAvailability, 3, "outage*|offline|unavailable; encrypted .. files; deleted|destroyed|lost; stolen"},

	{topicBorrowed, 4, "shared|shares|share|generic|same|common|joint .. <login>; <login> .. shared|shares|common; " +
		"gave|given|give|gives|lent|lend|borrow* .. <login>|key|keys; everyone|everybody|all|anyone .. knows|uses|has <login>; " +
		"logged|signed|sign|log in|on as|under me|him|her|another*|someone*"},
	{topicBorrowed, 3, "colleague*|coworker*|someone*|others|another*|manager*|supervisor* <login>; used|uses|using my|her|his|their|a <login>; " +
		"in|under my|her|his|another*|someone*|others name; my|her|his name .. log|on|entry; unlocked|open computer|session|workstation; in|from|on my|her|his session|computer|workstation; " +
		"knows|knew my|her|his <login>; " +
		"whichever|whoever user|happened"},
	{topicBorrowed, 2, "<login> .. taped|note|sticky|whiteboard|written; still logged|signed in"},
	{topicTraceless, 4, "<log> .. missing|deleted|erased|wiped|overwritten|lost|off|disabled|incomplete|gone|cleared|never; " +
		"deleted|delete|erased|wiped|cleared|removed|covered|hid|hide + <log>|tracks|traces; unsigned|undated; " +
		"<not> logged|traced|traceable|recorded|signed|signature*|initials|initialled|history|record|records|dated; " +
		"<not> .. <tell> who|whom|whose|which; unable|impossible|unclear|unknown .. who|whom|whose; <not> who|whom|whose; " +
		"sign-out|visitor|key|withdrawal list|book|sheet|log|register .. missing|gone|lost|thrown|blank|shredded"},
	{topicTraceless, 2, "<log> .. <not>; <not> knows|remembers|admits"},
	{topicTraceability, 1, "<log>; audit trail; signed; signature*; history"},
	{topicTraced, 3, "<log> .. shows|show|showed|says|said|gave|confirm*|identified|pinpoint*|see; own <login>|name; audit .. found|showed|confirmed; " +
		"according .. <log>; admitted|confessed"},

	{topicConfidential, 3, "leak*|disclos*|expos*; stolen; confidential"},
}
