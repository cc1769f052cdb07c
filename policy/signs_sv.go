package policy

// swedishClasses are words that may stand in each other's place in Swedish signs.
var swedishClasses = map[string]string{
	"<not>": "inte ej icke ingen inga inget aldrig utan saknar saknade",
	"<send>": "skick* mejl* mail* maila* sms* fax* utskick* sänd* sänt posta* postad* vidarebefordr* brev* " +
		"kuvert* epost* levere* lämna* gick hamna* kom kommit fick fått nådde",
	"<mail>":  "mejl* mail* epost* meddeland* sms* brev* *mejl* *mail",
	"<wrong>": "fel felaktig* obehörig*",
	"<recipient>": "mottagar* adress* *adress mejladress* epostadress* vårdnadshavar* föräld* familj* *förälder " +
		"anhörig* grann* brevlåd* postlåd* namne kollega leverantör* företag* skola klass* kund* hushåll* " +
		"sändlista* maillista* grupp nummer telefonnummer* mobilnummer* fack postfack* kontakt",
	"<person>": "person* brukar* patient* klient* elev* barn* kund* boende hyresgäst* medborgar* sökande " +
		"vårdtagar* omsorgstagar*",
	"<staff>": "kolleg* medarbetar* vikari* anställd* chef* handläggar* sommarvik* timvik* timanställd* " +
		"personal* lärar* undersköt* administratör* praktikant* sekreterar* sjuksköter* konsult* assistent* " +
		"assistenten hon han någon",
	"<device>": "dator* laptop* *dator mobil* telefon* *telefon surfplatt* padd* ipad* chromebook* usb* " +
		"*minne hårddisk* disk kamera* minneskort* läsplatt* projektor* server* skärm*",
	"<paper>": "akt akten akter akterna personakt* elevakt* barnakt* patientakt* handling* papper* *papper " +
		"dokument* *dokument pärm* *pärm journal* *journal anteckning* *anteckning lista listor* klasslist* " +
		"namnlist* elevlist* deltagarlist* telefonlist* adresslist* medicinlist* blankett* blankett* mapp* " +
		"utskrift* *utskrift kalender* block protokoll* formulär* *formulär brev* kopior* schema* prov",
	"<key>": "nyckel* nyckl* *nyckel *nycklar passerkort* *kort tjänstekort* sithskort* tagg* passertagg* " +
		"passerbricka* bricka*",
	"<look>": "läst läste läser läsa tittat tittade titta tittar kollat kollade kolla öppnat öppnade öppna " +
		"gått* sökt sökte söka slagit slog slår",
	"<case>": "akt akten akter akterna personakt* elevakt* barnakt* patientakt* journal* *journal ärend* " +
		"*ärende uppgift* *uppgift anteckning* utredning* patientjournal* skyddad* lön*",
	"<web>": "webb* hemsid* *hemsida *webb intranät* *webbplats diari* *diari *diariet internet* nätet " +
		"facebook* instagram* linkedin* youtube* tiktok* sociala anslagstavl* *anslagstavla öppna google* " +
		"sökmotor* eplikt podd*",
	"<out>": "ligg* låg lägg* lade la lagts lagt las upplag* uppladd* syns synas synlig* visas visades " +
		"offentlig* öppet publik* hittas hittade sökbar* delad* delat",
	"<all>": "alla samtliga hela vem andra allihop obehörig* utomstående övriga vilken fler elever " +
		"medborgar*",
	"<can>": "kan kunde kunnat kommer kom kommit har hade fick får syns ser såg",
	"<see>": "se läsa öppna åtkomst komma kom söka ändra redigera ladda hämta",
	"<enter>": "skrev skrivit fyllde fyllt angav angett lämnade lämnat uppgav uppgett knappade matade gav " +
		"gett",
	"<secret>": "lösenord* *lösenord inlogg* kod* *kod bankid* kortuppgift* kontouppgift* användaruppgift* " +
		"användarnamn* mfa* pin*",
	"<strange>": "misstänkt* konstig* skum* märklig* underlig* suspekt* falsk* lurig* fejk* mystisk* oseriös* " +
		"okänd*",
	"<system>": "system* *system server* *server nätet nätverk* *nätverk internet* wifi* telefon* telefoni* " +
		"växel* *växel app* program* tjänst* *tjänst dator* datorer* skrivar* plattform* *plattform larm* *larm " +
		"webb* hemsid* databas* inlogg* journal* portal* *portal schema* mejl* epost* mejlen uppkoppling* fiber* " +
		"trygghetslarm*",
	"<bin>": "soptunn* sopor* sopsäck* *soptunna papperskorg* återvinning* container* *container " +
		"papperinsamling* pappersinsamling* soprum* grovsop* skräp* sophantering* tippen kärl* *kärl",
	"<erase>": "rader* radera* ta tog tagit bort deleta* rensa* *rensad gallra* tömd* tömt tömde",
	"<login>": "inlogg* login* konto kontot *konto *kontot lösen lösenord* *lösenord användar* kod koden pinkod* kort kortet *kort *kortet " +
		"elegitimation* session*",
	"<log>":  "logg loggen loggar loggarna logglist* loggfil* loggpost* *logg *loggen *loggar *loggarna spårlogg*",
	"<tell>": "se ser säga säger utläsa avgöra visa visar bevisa veta vet spåra fastställa reda skilja utröna kontrollera framgår kunde",
	"<register>": "signeringslist* signeringspärm* kvittens* nyckelkvitt* nyckellist* nyckelregist* nyckeljournal* körjournal* besöksbok* besöksligg* " +
		"besökslist* loggbok* utlåningslist* utlåningskort* utlåningsbok* lånekort* narkotikajournal* delegering*",
	"<film>":    "övervakningskamera* övervakningsfilm* kamerafilm* kameran kamerorna inspelare* inspelning* filmen filmerna",
	"<private>": "privat* egen eget egna personlig*",
	"<far>": "utland* utlandet ryssland kina nigeria iran nordkorea usa amerika asien afrika land " +
		"utländsk* länder vpn stad ort plats ip ipadress* kontinent",
}

// swedishSigns are the Swedish signs. They are written from what people in a municipality's work say: home care, school,
// social services, library, IT, and suppliers.
var swedishSigns = []signRow{
	{topic(Misdelivery), 4, "felskick*; felsänd*; feladresser*; <send> .. till fel; fel mottagar*; " +
		"fel|felaktig adressat; felutskick*"},
	{topic(Misdelivery), 3.5, "<send> .. fel <recipient>; fel <recipient> + <send>; " +
		"hamnade|hamnat|kom|gick|kommit hos|till fel; fel skrivar*; fel kuvert*; svara alla; " +
		"fel epost*|mejladress*|mailadress*|adress; någon annans brev|post|kallelse|räkning|beslut; " +
		"synlig* .. kopia|mottagar*|adress*; hemlig|dold|dolda|blind* kopi*; bcc; " +
		"fel telefonnummer*|mobilnummer*|nummer|sms*|fax*; <send> .. till ex|exman*|exmak*|exfru*|exsambo; " +
		"extern* mottagar*|adress*; utanför organisationen|kommunen .. skick*|<mail>|mottagar*; " +
		"<recipient> fick .. annans|andras|annan; " +
		"fick .. annans|andras brev|klagomål|beslut|uppgift*|schema*|post|lista*|svar; " +
		"la|lade|lagt .. fel fack|kuvert|låda|väska|pärm; uppgift* i|per telefon .. till|fel"},
	{topic(Misdelivery), 3, "fel bilaga|bilagor; bifog* .. fel|annan|annans|andra; " +
		"<send> .. till annan|andra|annat|grannen|utomstående|obehörig*; fel <recipient>; " +
		"brev* + annan|annans|grannens|granne; samma kuvert*; " +
		"maillista*|sändlista*|mejllista*|distributionslista* + fel|<send>; hann|försök* återkalla*; " +
		"mottagaren + radera*|raderat|slänga; lämnade|lämnat|gav|gett|delade .. till fel; " +
		"<send> + inte|ej avsedd|rätt|menad"},
	{topic(Misdelivery), 2.5, "gammal|gamla|tidigare adress*|nummer|mobilnummer*|telefonnummer*; " +
		"höll på att skicka; påminnelse*|kallelse*|inbjud* .. gick|skick* .. till; " +
		"utlämna*|lämnades|lämnats .. till; istället|stället för till; sms* .. till; " +
		"post|posten .. till oss|mig|fel; öppna* .. brev*|post som inte|var"},
	{topic(Misdelivery), 2, "återkall*; autofyll*|autokompl*|föreslog .. mottagar*|adress|namn; " +
		"utskrift* + annan|andra|fel|kvar|låg; skrivar* + låg|kvar|utskrift*|annan; <send> + fel; " +
		"i stället|istället för .. <send>; samma namn + <send>; kopia|cc + <mail>; " +
		"<mail> + adresslist*|mottagar*; röjde|röjt|sa|sade|berätta* .. till|för fel; namne|namnar*; " +
		"läste|ringde upp .. fel; fel + öppnade|öppnat brev*"},
	{topic(Misdelivery), 1.5, "skickade|skickat|skickats|skickades|mejlade|mejlat|mailade|mailat|smsade|" +
		"faxade|faxat; mottagare|mottagaren|mottagarna; adressen|adresserad|adresserat; " +
		"brev|brevet|breven|posten; fel person; utskick|utskicket; kallelse|kallelsen; " +
		"vidarebefordrade|vidarebefordrat; utskrift|utskriften|utskrifter; skrivaren|kopiatorn; " +
		"bifogade|bifogat|bifogad; återkallade|återkalla; fick hem; lämnade ut; " +
		"fel familj|förälder|kund|klient|patient|elev|brukare|person"},
	{topic(Misdelivery), 1, "mottagar*; <mail> + skickade|skickat|skickades; bilaga*|bilagor; kuvert*; " +
		"utskick*; fax*; kvitto*|faktura*|räkning*; adresslist*; namnet; bad .. radera; hämtade|hämtat; " +
		"mappen|väskan .. fel"},

	{topic(PublishingError), 4, "felpublicer*; publicerad* .. misstag; " +
		"publicer* + omaskad*|personnummer|sekretess*|<web>; avpublicer*; omaskad*|omaskera*"},
	{topic(PublishingError), 3.5, "<web> + <out> + personnummer|namn|personuppgift*|sekretess*|känslig*; " +
		"<not> maskat|maskade|maskad*|maskera*|överstruk*; " +
		"maska|maskad*|maskat|maskning*|överstryk*|överstruk*|svart* + går|gick|kunde|läsa|bristfällig*; " +
		"lagts|lades|lagt|lade|la|las|låg|ligger ut .. <web>; direktsänd*|livesänd*|webbsänd*|livestream*; " +
		"googla*|google + <out>|träff*|hitta*; kanal*|teamskanal* .. alla|medlem*|<all>|hela; " +
		"satt*|sitter|hänger|hängde|häng* upp .. lista*|namn*|foto*|schema*; " +
		"lista* + vägg*|dörr*|anslag*|fönster*|entré*|korridor*|hylla*|whiteboard*; " +
		"skärmdel*|delade|dela skärm*; " +
		"projektor*|storbild*|skärm* .. visa*|syntes|syns .. alla|publik*|<person>; " +
		"sändning*|sändes|webbsändning* + namn|sekretess*|personuppgift*|mikrofon*"},
	{topic(PublishingError), 3, "publicer*; <web> + <out>; " +
		"bild*|foto*|film* + instagram|facebook|hemsid*|<web>; protokoll*|kallelse*|diari* + <web>|<out>; " +
		"öppen|öppna|öppet teams*|kanal*|teamskanal*|grupp; öppna data; allmän|offentlig* handling + mask*; " +
		"<out> + för|hela|alla .. kommun*|världen|internet"},
	{topic(PublishingError), 2.5, "syns|syntes|synas|synliga .. bild*|foto*|film*|nätet|alla; " +
		"metadata*|dold|dolda text*|kolumn*|flik*; nertag*|nedtag*|avpubl*; " +
		"facebookgrupp*|facebooksida* + namn|bild*|inlägg*; lagt|lade|la .. inlägg*|bild*|foto*"},
	{topic(PublishingError), 2, "maska|maskad*|maskat|maskade|maskning*; hemsid*|webbplats*|webbsid*; " +
		"anslag*|anslagstavl*; upplad*|laddades|laddade|laddat upp; kvar på <web>; <web> + bild*|film*; " +
		"sökmotor*; whiteboard*|tavla* + namn|personuppgift*"},
	{topic(PublishingError), 1.5, "hemsidan|webben|webbplatsen|nätet|facebook|instagram|diariet|intranätet|" +
		"youtube; publicerades|publicerat|publicerade|publicering; synligt|synliga|syns; lades|lagts upp|ut; " +
		"öppet för; offentligt|offentlig|offentliga; bilder|bild|film|foto .. barn*|elev*|boende; " +
		"protokoll|protokollet|handlingarna|kallelsen|möteshandlingar; " +
		"tavla|tavlan|anslagstavlan|skärmen|infoskärm*; maskning*|överstrykning*|svartmark*; sökträff*|googl*; " +
		"nyhetsbrev*; sändningen|direktsändning*; lärplattform*|veckobrev*|blogg*"},
	{topic(PublishingError), 1, "<web>; diari*; ut|ute på nätet; kanal*"},

	{topic(Loss), 4, "borttapp*; tappat|tappade|tappa|tappar|tappad bort|<device>|<key>|<paper>; " +
		"kvarglöm*; glöm* .. på|i bussen|tåget|tunnelbana*|pendel*|taxi*|café*|kafé*|flyget|restaurang*|bilen"},
	{topic(Loss), 3.5, "tapp* .. <device>|<key>|<paper>; " +
		"<device>|<key>|<paper> .. borta|försvunn*|förlorad*|försvann|saknas|tapp*; " +
		"glöm* .. <device>|<key>|<paper>; <device>|<key>|<paper> + glöm*; " +
		"<not> hitta|hittar|hittade|återfunn*|hittat .. <device>|<key>|<paper>; " +
		"<device>|<key>|<paper> + <not> hitta*|återfunn*|hittat; hittegods*; föll|ramla*|trilla* ur|av|från; " +
		"<device>|<key>|<paper> + kvar|låg .. bussen|tåget|tunnelbana*|taxi*|café*|flyget|hotell*|perrong*|bänk; " +
		"inte|ej hittat|hittar|återfinn*; ligger|låg|legat .. kvar|glömd* .. bussen|tåget|bil*|café*|rum*|bord*; " +
		"borta sedan|efter|från; tapp* bort; slarva* .. bort; <key>|<device> + borta|försvunn*|kvarglöm*|hitta*"},
	{topic(Loss), 3, "tappat|tappade|tappa; <not> hitta|hittar|hittade|hittat; förlor*; " +
		"förlagd|förlagt|förlade; kommit bort|ifrån; spårlöst; försvunn*; " +
		"lämna*|låg|legat kvar .. <device>|<key>|<paper>|bord*|buss*|bil*; upphitt*"},
	{topic(Loss), 2, "glöm*; borta; försvann; saknas|saknar; letat|leta|letar|letade; tågresa*|bussresa*; " +
		"<key>; hittade*|hittat .. <paper>|<device>"},
	{topic(Loss), 1.5, "tappade|tappat|tappad; borttappad|försvunnen|försvunnit|försvann; " +
		"glömde|glömt|glömd; hittar|hittade|hittat inte|ej; " +
		"nyckelknippa*|nycklar|nyckeln|tagg|taggen|passerkort|tjänstekort*; " +
		"bussen|tåget|pendeln|taxin|tunnelbanan; väskan|ryggsäcken|fickan; usb|usbminne|usbsticka*; " +
		"anteckningsbok*|anteckningsblock|kalender|kalendern|pärm|pärmen; ramlade|trillade|föll; " +
		"lånetelefon*|arbetsmobil*|jobbmobil*|tjänstetelefon*|jobbtelefon*; spåra|spårad|fjärrader*; " +
		"upphittad|upphittat|hittades av; inventer* .. saknas|fattas; fattas|saknas"},
	{topic(Loss), 1, "<device>; buss|bussen|tåget|pendeltåg*|tunnelban*|taxi*; väska*|ryggsäck*"},

	{topic(Theft), 4, "*stöld*; stal|stals|stulen|stulna|stulit|stulet|stjäl*|stjälas|bestulen|bestulna; " +
		"inbrott*; *inbrott; snodd|snodde|snott|snor; sabotage*|sabotera*; rånad|rånades|rån|rånare"},
	{topic(Theft), 3.5, "tjuv*; " +
		"bröt|brutit|bryta|tagit|tog sig in .. kontor*|lokal*|bil*|hus*|förråd*|skola*|byggnad*|expedition*; " +
		"uppbrut*|brutits|brytmärk*|bruten|brutet|inslag*|krossa* .. dörr*|lås*|fönster*|ruta*|skåp*; " +
		"dörr*|lås*|fönster*|ruta*|skåp* .. uppbrut*|brutits|uppbänd*|krossa*|sönderslag*|inslag*|bruten|brutet|" +
		"uppbruten; vandali*|skadegörelse*; " +
		"främmande|okänd*|obehörig*|okända man|kvinna|person*|människ* + lokal*|korridor*|kontor*|byggnad*|rum*|" +
		"hus*|arkiv*|skola*|gick|dörr*|entré*|våning*; " +
		"brutit|bröt|brutits|bänt|bände|bänts|sparkat|sparkade|slagit|slog upp|in|sönder; " +
		"uppbänd*|uppbrut*|inslag*; stulen|stulna|stals|stulet|stals .. kabel*|koppar*|dator*|<device>; " +
		"okänd*|främmande|obehörig* .. gick|gått|gå|inne|kom|satt|rörde|stod"},
	{topic(Theft), 3, "följde|smet|smitit|släppte*|släpptes|gick .. in + dörr*|obehörig|bakom|okänd; " +
		"utan besöks*|besöksbricka|bricka|legitimation; klipp* .. kabel*|kablar|lås*|fiber*; " +
		"avklippt*|avskur*|skuren|skar kabel*|kablar; väskryck*"},
	{topic(Theft), 2.5, "väktar*; larmet|inbrottslarm*|inbrottslarmet gick|löst*|utlöst*; " +
		"ytterdörr*|dörren|dörrarna .. uppbrut*|öppen|olåst*|uppställd*|bruten; låssmed*|låscylind*|låskolv*; " +
		"polisanmält|polisanmälan|polisanmäld*|anmält polis*; inne i .. lokal*|arkiv*|kontor*|skola*; " +
		"klättra*|smög*|kröp|tog sig in; utgav|sade .. hantverkare|tekniker|städ*; " +
		"ungdom* .. <device>|skåp*|dörr*|sönder*|sönder; ur|från mitt|hennes|min|hans bil*|väska*|ryggsäck*|jack*"},
	{topic(Theft), 2, "polisanmäl*; ur <device>|bilen|väskan|skåpet; bilen + väska*|<device>; " +
		"lås* .. lås*|dörr*; passer* + okänd*|obehörig*; serverrum* + obehörig*|okänd*|öppen|olåst*; " +
		"lokal* + obehörig*; skimm*"},
	{topic(Theft), 1.5, "tjuv|tjuvar|stöld|stulen|stulna; inbrott|inbrottet; " +
		"dörren|fönstret|låset|skåpet|rutan .. uppbruten|uppbänd*|krossad*|sönder|bruten|forcera*; " +
		"polisanmälan|polisanmält|polisen|polis; vakt|vakten|väktare|väktaren|larmbolaget; " +
		"okänd|okända|främmande man|kvinna|person|personer|besökare; " +
		"obehörig|obehöriga .. lokal*|byggnad*|inne|rum*; besökare|besökaren; " +
		"kablar|kabel .. avklipp*|kap*|klipp*|skur*; sabotage|skadegörelse|vandaliser*|klotter; " +
		"försvann .. ur|från; " +
		"lokalen|lokalerna|korridoren|receptionen|serverrummet|omklädningsrum*|personalrum*; " +
		"smög|smet|rotade|rota|genomsökt*; sönderslag*|krossad*"},
	{topic(Theft), 1, "polis*; dörr*; fönster*; övervakningskamera*"},

	{topic(DisposalError), 4, "felgallr*; gallra* .. fel|misstag|tidigt; <paper>|<device> + <bin>; " +
		"slängt|slängdes|slängd|slängts|kastat|kastats|kastades|kasta*|släng* .. <paper>|<bin>; " +
		"<paper> .. slängt|slängdes|slängd|slängts|kastat|kastats|kastades; " +
		"sekretesstunn*|sekretesskärl*|sekretessåtervin*"},
	{topic(DisposalError), 3.5, "gallr*; " +
		"dokumentförstör*|papperstugg*|strimla*|makuler*|destruer*|destruktion*; " +
		"<device> + skrot*|såld*|sålts|såldes|auktion*|begagnad*|återvinn*|avyttra*|kassera*|leasing*; " +
		"<device> .. <not> raderad*|rensad*|tömd*|skrivits|överskriv*; kasser*; " +
		"raderingsintyg*|destruktionsintyg*|skrotningsintyg*; " +
		"gamla|gammal|uttjänt*|begagna*|kassera* <device>|maskin*|kopiator*|skrivare|disk* .. hämta*|sål*|kvar|" +
		"återvin*|bort*|kör*; hårddisk*|disk|disken|minne .. sitter|satt|kvar|oraderad*; " +
		"inspelning*|film*|foto*|<paper> .. rader*|raderats|över|kastad*|kastats|slängt*|förstörd*; " +
		"sopbil*|säckar|säcken|svart* säck*|sopsäck*; eld*|brända|brändes|bränt .. <paper>; " +
		"bevarande*|gallringsbeslut*|gallringsplan*|gallringsfrist*"},
	{topic(DisposalError), 3, "<erase> .. misstag|fel|oavsikt*|tidigt|råka*|olycks*; " +
		"råka*|misstag .. rader*|släng*|kasta*|rensa*|töm*|ta; " +
		"raderad*|raderat|raderats|raderades .. för tidigt|permanent; " +
		"skulle|borde .. bevara*|sparats|arkivera*|gallra*|förstör*|strimla*; <bin>; skrot*; " +
		"flytt* + <paper>|arkiv* + kvar|släng*; <paper> + förstör*|elda*|brän*"},
	{topic(DisposalError), 2.5, "tömd|tömde|tömts|tömdes|tömning*; kopiator*|leasing*|leasad*; " +
		"raderade .. av misstag|fel; tagits|togs|tog bort .. mapp*|fil*|<paper>|konto*|av|misstag; " +
		"gallr* .. år|tid; kastad*|kastats|kastades|kastade|kastat; papperskorg* .. töm*|tom; " +
		"återställ* .. <not>|backup*"},
	{topic(DisposalError), 2, "släng*|slängt; kasta*; rensa*|rensning*|utrensning*; städ* + <paper>; " +
		"arkiv*; raderad*|raderat|raderats|raderades|raderade; återvin*; " +
		"kvar i .. skåp*|förråd*|källar*|möbl*|byrå*"},
	{topic(DisposalError), 1.5, "slängde|slängt|slängts|slängdes|kastade|kastat|kastats|kastades; " +
		"container|containern|soprum*|papperskorg*|återvinning*|soporna|sopor|sopbil*; " +
		"raderade|raderat|raderats|raderades; gallrade|gallrat|gallrats|gallring; " +
		"strimla|strimlad|dokumentförstörare*|tugg*; tömde|tömd|tömdes|tömts; rensade|rensat|rensning|rensades; " +
		"kasserad|kasserade|kasserats|skrotad*|skrotning|begagnade|auktion*; " +
		"sålde|sålda|såldes|skänk*|skänkt* .. dator*|möbl*|skåp*|telefon*|surfplatt*; " +
		"arkivet|arkivboxar|arkivera*|närarkiv*; flytten|flyttfirma*|flyttade|tömning|dödsbo; " +
		"sparas|bevaras|bevarat; återställas|återskapa*|återställa; städ*|städare*|städbolag*|lokalvård*"},
	{topic(DisposalError), 1, "bevara*; förstör*; tömd*|tömde|tömts"},

	{topic(UnauthorisedAccess), 4, "snok*; " +
		"<staff> .. <look> .. <case> + <not>|behörig*|privat*|anledning|nyfiken*|obehörig*; " +
		"obehörig* slagning*|sökning*|läsning*|åtkomst*; <not> tjänstebehov|vårdrelation*|tjänsteskäl; " +
		"nyfik* .. <look>|<case>; <look> + nyfik*; logg* .. <look>|visar + <case>"},
	{topic(UnauthorisedAccess), 3.5, "<look> .. <case> + ex|exman|exfru|exmake|exsambo|granne*|grannens|" +
		"släkting*|släkt*|bekant*|dotter*|son|svåger*|kändis*|väns|vän|vänner|kompis*|kollegas|kollegans|syster*|" +
		"bror*|mamma*|barnbarn*|faster|kusin*|pojkvän*|flickvän*|politiker*; " +
		"logg*|loggkontroll*|logggranskning*|logguppföljning*|loggutdrag* + slagning*|<case>|öppna*|läst|läste|" +
		"<look>; utan att .. behörig*|behov*|anledning*|arbet*|ansvar*; " +
		"slutat|slutade|sluta|uppsagd|avslut* + kopiera*|laddat|laddade|tog|tagit|kundlista*|fortfarande|" +
		"använd*; före|innan .. slut*|sista|uppsäg* + kopier*|ladda*|tog|export*; " +
		"<look> .. egen|sin|sina|sitt|egna <case>; passerlogg*|passerlista* + inne|utan|natt|varit; " +
		"inget|ingen|inte jobb|arbete|arbets*|uppdrag|ärende|anledning|behov + <look>|där|inne|se; " +
		"bad .. få|fick .. se|läsa; visade|visat .. skärmen|akt*|journal*|ärende* .. för; " +
		"kikat|kikade|kika|smygtitt*|smygläs*; <look> på|upp .. sin|sina|ex|granne*|vän*; " +
		"loggar|loggen .. visar .. <look>|öppn*|slagning*|sökt*; " +
		"<staff> .. vet|visste|känner .. om|till .. <person>|sjuk*|diagnos*"},
	{topic(UnauthorisedAccess), 3, "slagit|slog|slår|slagning* upp; <staff> .. <look> .. <case>; " +
		"<look> .. <case> .. inte; <case> .. <look>|öppnats|lästs|öppnad .. <staff>; " +
		"jobbar|arbetar|handlägg* inte|ej .. där|ärendet|med; " +
		"sprid*|spred|spritt|berätta*|skvall* .. vidare|känslig*|uppgift*|sekretess*|fika*|stan; " +
		"missbruk*|utnyttja* .. behörighet*|åtkomst*|inlogg*|kort|nyckel; " +
		"tidigare|före anställd*|medarbetar*|kolleg* + inlogg*|konto|logga*|åtkomst*|nyckel*|behörig*|använd*; " +
		"exportera*|laddat|laddade|ladda* .. ner|ut .. register*|alla|kund*|hela|lista*|usb*"},
	{topic(UnauthorisedAccess), 2.5, "ledamot*|politiker*|förtroendevald* + se|visa*|läs*|ärende*|handling*; " +
		"utan .. tillstånd|behörighet*|samtycke*|skäl; " +
		"exporter*|kopier*|ladda* .. egen|privat*|usb*|innan|slut*; nyckel*|kort .. arkiv*|använd* .. utan; " +
		"av ren|bara nyfik*; fel person .. <look>; läst|läser .. andras|kollegor*|chefens mejl*|mail*|kalend*; " +
		"borde|ska|får inte|ej .. läs*|se|<look>; slut*|slutat .. kvar|fortfarande .. tillgång|åtkomst|nyck*"},
	{topic(UnauthorisedAccess), 2, "loggkontroll*|loggransk*|logguppfölj*|loggutdrag*|loggar* + visar|" +
		"slagning*; slagning*; <staff> + privat* + <look>|<case>; relation* till; jäv*; obehörig*; " +
		"behörighet* + missbruk*|utnyttja*; " +
		"lånat|lånade|använt|använde .. mitt|hennes|hans|annans|någons .. konto|inlogg*|kort|dator*"},
	{topic(UnauthorisedAccess), 1.5, "tittat|tittade|läst|läste|kollat|kollade|öppnat|öppnade .. i|på|upp|" +
		"min|hennes|hans|akt*|journal*|ärende*|uppgifter*; " +
		"granne|grannen|grannens|exman|exfru|exsambo|släkting|kompis|svärmor|svärson|syskon|bekant|sambo|" +
		"väninna; nyfiken|nyfikenhet; loggen|loggarna|loggar|loggkontroll|loggutdrag; " +
		"behörighet .. ändå|använ*|läs*; inte har med .. göra|att; utan att ha; " +
		"journalen|akten|personakten|ärendet .. läs*|tittat|öppn*|inne; " +
		"vikarie|vikarien|kollega|kollegan|medarbetare|anställd|praktikant|handläggare .. tittat|läst|sökt|" +
		"öppnat|vet|berättade|kopierat|varit; berättade|berättat|pratade|pratat|skvallrade .. om|vidare|för; " +
		"slutat|slutade|uppsagd|sista .. inlogg*|konto*|åtkomst*|loggat|loggade|kopi*|nyckel*; " +
		"skyddad|skyddade .. identitet*|<look>|tittat; kändis*|idrottsstjärna*|politiker*; obehörigt|obehörigen"},
	{topic(UnauthorisedAccess), 1, "<staff> + <case>; journal*|*journal; nyfiken*; " +
		"utan lov|tillstånd|tillåtelse; skvaller*|rykte*"},

	{topic(DataMishandling), 4, "chatgpt*|chatt gpt|chattgpt|copilot*|openai|deepseek*|gemini|claude|" +
		"aitjänst*|aiverktyg*|aichat*|aichatt*; " +
		"<private> mejl*|mail*|gmail*|epost*|hotmail*|dropbox*|moln*|icloud*|mejlkonto*|mobil*|telefon*|dator*|" +
		"laptop*|usb*; " +
		"delar|delat|delade|dela|lånat|lånade|låna|lånar .. lösenord*|inlogg*|konto|sithskort*|kort|kod|" +
		"användar*; samma|gemensam*|delad* lösenord*|inlogg*|konto|kod"},
	{topic(DataMishandling), 3.5, "gmail*|hotmail*|dropbox*|wetransfer*|whatsapp*|messenger*|icloud*|" +
		"snapchat*|googledok*|googledrive*|signalgrupp*|telegram; " +
		"google drive|docs|dokument*|translate|formulär*; molntjänst*|molnlagr*; okrypter*; " +
		"lösenord* .. lapp*|postit*|tavla*|skärm*|klist*|uppskriv*|anteckn*|tangentbord*; " +
		"lapp*|postit* + lösenord*|inlogg*|kod; klistra*|matade|skrev|mata*|la .. in .. ai|gpt|översättning*; " +
		"ai + <paper>|text*|uppgift*|klistra*|skriva|sammanfatt*; " +
		"gav|ger|ge|fick|får|fått|använder|använda|lånar|lånade|lånat min|sin|hennes|hans|kollegans|någons|" +
		"varandras|mitt|mina|sitt|ordinaries inlogg*|lösenord*|konto|kort|kod|bankid|sithskort*; " +
		"loggar|loggade|loggat in som|åt|med|i .. annan|annans|kollega*|samma|varandras|ordinari*; " +
		"gratis* tjänst*|app*|version*|verktyg*|konto*|program*; transkriber*|transkribering*|diktering*; " +
		"ai|aitjänst* .. utredning*|protokoll*|text*|svar*|mejl*|tjänst*|verktyg*; " +
		"alla|flera|hela .. samma inlogg*|konto|lösenord*|kod"},
	{topic(DataMishandling), 3, "<not> godkänd*|tillåt*|upphandla*|avtal; otillåt*; " +
		"installera* .. egen|eget|själv*|program*|app*|tillägg*; olåst* dator*|skärm*|kontor*|rum*; " +
		"obevaka* .. dator*|skärm*|<paper>; <not> logga*|låst|låste .. ut|dator*|skärm*; utloggad*; " +
		"inloggad + lämna*|kvar; tog|tar|tagit|ta .. hem; foto*|fota*|bild* .. egen|privat*|mobil*; " +
		"högtalare*|högljutt|högt|öppet .. samtal*|telefon*|pratade|prata|diskuter*|buss*|tåget; " +
		"prata*|diskuter* .. buss*|café*|tåg*|lunch*|fika*|offentlig*|hiss*|väntrum*"},
	{topic(DataMishandling), 2.5, "<not> godkän*|upphandl*; " +
		"hemma|hemdator*|hemskrivar*|hemmet + <paper>|skriv*|jobb*|usb*; " +
		"sparar|sparat|sparade|spara .. privat*|egen|skrivbord*|usb*|lokalt|telefon*|mobil*; " +
		"dörrkod*|larmkod* .. delad|alla|lapp*|tejp*; chatt*|messenger*|sms* .. brukar*|elev*|klient*|patient*; " +
		"skickar|skickade|skickat .. hem|privat*|egen|själv; " +
		"dikter*|spela*|spelade|spelat in .. möte*|samtal*|mobil*; privat* app*|telefon*|mobil*; " +
		"olåst*|obevaka*|uppe .. skärm*|inlogg*; lättare att|för att"},
	{topic(DataMishandling), 2, "privat*; usb*; moln*|molnet; hemifrån; översättning*; lösenord*; " +
		"facebookgrupp*|chattgrupp*|chattgrupp|gruppchat*; " +
		"hörde|höra|hördes|överhör* .. samtal*|väntrum*|alla|klient*; " +
		"smidig*|enkelt|lättare|bekväm*|snabb* + <private>|dela*; tillägg*"},
	{topic(DataMishandling), 1.5, "privata|privat|egna|egen .. mejl*|mail*|mobil*|telefon*|dator*|konto*|" +
		"moln*|usb*; " +
		"lösenord|lösenordet|lösenorden|inloggning|inloggningen|sithskort .. dela*|lån*|samma|lapp*|skriv*|gav|" +
		"fick|använ*; chatgpt|copilot|ai|gpt|översättningsprogram*|översätt*; " +
		"whatsapp|messenger|dropbox|gmail|hotmail|icloud|google|drive|snapchat; " +
		"installerat|installerade|laddat .. egen|gratis*|själv|utan; okrypterad*|okrypterat; " +
		"gruppchatt|chattgrupp|gruppen .. personal*|bild*|namn; hemifrån|hemma|hem; postit|lapp|lappen|lappar; " +
		"olåst|olåsta|olåstes|upplåst|obevakad; " +
		"bussen|caféet|fiket|lunchrummet|hissen .. pratade|prata|diskut*|hörde|samtal*; " +
		"fotade|fotat|fotograferade|fotograferat .. mobil*|skärm*|lista*|journal*; " +
		"gemensam|gemensamt|delat|delad .. inlogg*|konto*|lösen*; klistrade|klistrat|matade in; " +
		"smidigt|smidigare|enklare|praktiskt"},
	{topic(DataMishandling), 1, "app|appen; egen|egna|eget; excel*; ai; delar|delade; rutin* .. följ*"},

	{topic(Misconfiguration), 4, "felkonfigur*|felinställ*; <wrong> behörighet*|rättighet*; " +
		"för bred|breda|hög|höga|många|mycket|stor|vid|vida behörighet*|rättighet*|åtkomst; " +
		"<all> .. <can> .. <see> .. mapp*|fil*|lista*|ärende*|uppgift*|kalender*|dokument*|handling*|akt*|" +
		"journal*; länk* + utan|kräv* inlogg*|att|lösenord*; utan inlogg*; " +
		"hamna*|hamnar|kom|kommer|kommit|loggas|loggades in|på|hos .. annans|annan|andras|någon .. konto*|sida*|" +
		"ärende*|profil*|uppgift*; port|portar|porten .. öpp*|öppen|öppna"},
	{topic(Misconfiguration), 3.5, "behörighet* + inställ*|uppdater*|gammal|kvar|roll*|grupp*; " +
		"<can> .. <see> .. annans|andras|andra|grannens|någons .. uppgift*|ärende*|fakt*|barn*|sida*; " +
		"visa*|visar|visade|ser|såg|se .. andras|annans|grannens|annan|andra .. uppgift*|ärende*|namn|barn|sida|" +
		"person*|konto; " +
		"delad|delade|gemensam* mapp*|yta*|länk*|kalender*|disk*|enhet* + <all>|öppen|åtkomst*|öppet; " +
		"sharepoint*|onedrive*|teams* + <all>|öppen|behörighet*|delad*|åtkomst*; " +
		"mapp* + <all>|öppen|öppet|behörig*|åtkomst*; " +
		"konto*|inlogg*|behörig*|åtkomst* .. kvar|fortfarande|aktiv*|avslut*|stäng* + slutat|slutade|konsult*|" +
		"anställ*|tidigare; exponera*; öppen|öppet|öppna|nåbar* .. mot internet|internet; " +
		"standardlösenord*|defaultlösen*; mot internet; " +
		"öppen|öppna|öppet|nås|nåddes|nåbar*|åtkomlig* .. internet|nätet|utifrån|världen; " +
		"vem som helst .. kan|kunde|kom|fick|med; ärvd*|ärver|ärvt|ärvda; " +
		"behörigheter|behörigheten|rättigheter .. fel|kvar|bort|ändr*|bred*|mycket|alla|satt|sattes|nollställ*; " +
		"ser|såg|se .. varandras|andras|allas|alla .. ärend*|mapp*|kalend*|schema*|uppgift*|barn*|journal*|fil*|" +
		"akt*; visar|visade|visas|skickar|skickade .. fel .. uppgift*|person*|namn|konto|bild*; " +
		"formulär*|etjänst*|portal* .. visa*|skick*|syn* .. andra*|annan*|fel|alla; " +
		"kryss*|bock*|inställ* .. fel|ruta|öppen|alla"},
	{topic(Misconfiguration), 3, "konfigur*|inställning*|inställd*|inställt; " +
		"bugg*|programfel*|systemfel* + visa*|ser|andra*|uppgift*; " +
		"efter|sedan|vid .. uppdatering*|uppgradering*|migrer* + se|ser|ser|syns|visar|synlig*|åtkomst|behörig*; " +
		"<can> .. <see> .. <not>|trots; " +
		"testmiljö*|testsystem* + riktig*|skarp*|produktion*|personuppgift*|verklig*; öppen|öppet .. för <all>; " +
		"<all> + <can> .. <see>; behörighetsgrupp*|behörighetsroll*; <can> .. <see> .. allt|alla|mer|samtliga; " +
		"borde|ska|skulle .. inte .. se|åtkomst|behörig*|komma"},
	{topic(Misconfiguration), 2.5, "roll|rollen|roller|rollerna .. fel|alla|gav|ger|fick; " +
		"konto* .. <not> avslut*|stäng*|borttag*|spärrat; " +
		"synk*|synkades|integration* + fel|andra|behörig*|visa*; " +
		"fjärrsupport*|fjärråtkomst*|fjärrskrivbord*|rdp; testkonto*|adminkonto*|systemkonto*; " +
		"<not> lösenord*|inlogg*|kräver; efter uppdater*|uppgrader*|byte*|migrer* .. visa*|se|ser|alla|andra; " +
		"admin*|administratör* .. alla|rättigheter|behörig*; " +
		"spärrmarkering*|sekretessmark* .. <not>|syns|försvann"},
	{topic(Misconfiguration), 2, "behörighet*|rättighet*|läsrättighet*|skrivrättighet*; " +
		"delningslänk*|länken|länk* + alla|öppen; åtkomst*; brandvägg*; gästkonto*|gästanvändar*|gäst*; " +
		"bugg*|programfel*; delad|delade mapp*; synlig* för; byta|ändra* siffr*|nummer|id .. adress*|url|länk*; " +
		"uppdatering*"},
	{topic(Misconfiguration), 1.5, "behörighet|behörigheter|behörigheten|rättigheter; " +
		"mapp|mappen|mappar|katalog|katalogen|yta|ytan|teamet .. alla|öppen|åtkomst|se|läs*|behörig*; " +
		"alla .. kan|kunde|kommer .. se|läsa|åt|in|öppna; ser|såg|se .. andras|andra|annans|varandras|alla; " +
		"inställning|inställningen|inställningar|inställt; sharepoint|onedrive|teams; " +
		"delad|delat|länk|länken|länkar; " +
		"uppdateringen|uppgraderingen|migreringen|driftsättning* .. se|syns|visa*|behörig*|fel|fick|alla; " +
		"öppen|öppna|öppet|exponerad; vem som helst; testmiljö|testmiljön|testsystem; " +
		"brandvägg|brandväggen|port|porten; buggen|bugg|programfel; inloggad som|på|i .. fel|annan|någon; " +
		"kalender|kalendern|bokning*|schema* .. alla|syn*|se|namn; " +
		"slutat|slutade .. kvar|fortfarande|aktiv*|konto*|behörig*; skyddad*|spärrmarker* .. syns|visas|synlig*; " +
		"lösenord .. standard*|default|admin|utan; utloggad|loggas|inloggad .. ser|annan*|andra*"},
	{topic(Misconfiguration), 1, "mapp*; inlogg*; kalender*; öppen; systemägar*"},

	{topic(Phishing), 4, "phishing*|*phishing|nätfisk*|fiskemejl*|fiskemail*|smishing*|vishing*; " +
		"bluff*|*bluff|scam*|skräppost*; bedräg*|*bedrägeri; " +
		"<strange> .. <mail>|faktura*|länk*|samtal*|sida*|inloggningssid*; <mail>|faktura* + <strange>; " +
		"utgav|utger|utge|gav|ger sig .. för|från|vara; låtsa*; klicka*|klickat|tryck* .. länk*; " +
		"vdmejl*|vdbedräg*|chefsbedräg*"},
	{topic(Phishing), 3.5, "påstod|påstår|påstås|sade|sa|säger sig|att|vara .. från|ringa|vara + support*|it|" +
		"itavdelning*|microsoft*|bank*|polis*|skatteverket|ringde; " +
		"support*|microsoft*|bank*|itavdelning* + ringde|uppring*|samtal* + lösenord*|kod*|bankid*|fjärr*|" +
		"<secret>; <enter> .. <secret>; länk* .. <mail>; <mail> .. länk*|bilaga* + <secret>|logga|klick*; " +
		"presentkort*|gåvokort*; ändra*|nytt|byt* .. kontonummer*|bankkonto*|bankgiro*|lönekonto*; " +
		"godkän* .. bankid*|mfa*|inlogg*; qrkod*; lura*|lurad*|lurendrej*; spoof*; " +
		"<mail> .. från .. bank*|microsoft|postnord|skatteverket|it|chef*|rektor*|direktör*|polisen|vd|support* " +
		".. länk*|logga|klick*|betal*|kod|lösen*; " +
		"ring*|ringde|samtal* .. från .. bank*|microsoft|support*|polis*|it + kod*|lösen*|bankid|fjärr*|inlogg*|" +
		"dator*; faktura* .. aldrig|inte|ej .. beställ*|köpt|stäm*; " +
		"leverantör* .. nytt|nya|ändra*|byt* konto*|bankgiro*|kontonummer*; köpa|köp .. presentkort*|gåvokort*; " +
		"loggade|logga in .. sida*|länk*|falsk*; misstänk* .. mejl*|mail*|sms*|samtal*|länk*|avsändar*; " +
		"ovanlig*|konstig* begäran; deepfake*|röstklon*|ai röst"},
	{topic(Phishing), 3, "faktura* + falsk*|okänd*|beställ*|konstig*|betala*|bluff*; " +
		"<mail> .. chefen|vdn|rektor*|kommundirektör*|chef|direktör* + betala*|överför*|köp*|bråttom|" +
		"presentkort*|lösenord*|faktura*; klicka*|klickat|klickade; " +
		"bråttom|brådskande .. betal*|överför*|<mail>; " +
		"postnord|skatteverket|försäkringskassan|microsoft .. <mail>|länk*; " +
		"avsändar* + <strange>|adress*|fel|utländsk*|stämm*; " +
		"ringde|uppringd + <secret>|lösenord*|personnummer|uppgav"},
	{topic(Phishing), 2, "länk|länken|länkar; bankid*; bank|banken; swish*; betala*|betalning*|överför*; " +
		"<strange> avsändar*|nummer; avsändar*; mejl* .. såg|ser ut .. komma|som; <not> klick*; " +
		"ringde .. sa|sade|påsto*|frågade|ville; rapportera* .. <mail>; skum*|suspekt*|lurig*; inloggningssid*"},
	{topic(Phishing), 1.5, "mejlet|mailet|smset|mejl|mail|sms .. från|såg|påst*|utger|utgav|klick*|länk*|" +
		"lura*|konstig*|äkta; klickade|klickat|tryckte; bankid|swish|kontonummer|presentkort|kortuppgifter; " +
		"ringde|ringt|uppringd|samtal .. påst*|utgav|från|microsoft|bank*|support*|lösenord*|kod*|sa; " +
		"avsändare|avsändaren|avsändaradress*|domän|domänen; " +
		"bluff|bluffmejl|bluffsamtal|lurad|lurade|lurat|bedragare|bedrägeri|falsk|falskt|falska; " +
		"faktura|fakturan|fakturor .. aldrig|inte|okänd*|konto*|betal*|falsk*; " +
		"betala|betalning|överföring|pengar|utbetalning .. bråttom|brådsk*|chef*|konto*|idag|direkt|mejl*; " +
		"lämnade|angav|skrev|fyllde .. lösenord*|uppgifter*|inlogg*|kod*; " +
		"microsoft|office|m365|skatteverket|postnord .. mejl*|mail*|länk*|logga*|sms*|ring*; " +
		"chefen|rektorn|kommundirektören|vdn|direktören .. mejl*|sms*|bad|ber|vill|presentkort*|pengar; " +
		"qrkod|qr; misstänker|misstänkt|misstänksam; äkta|trovärdig*|verkade; " +
		"språk*|stavfel*|svenska .. konstig*|dålig*|fel"},
	{topic(Phishing), 1, "<mail>; ringde|ringer|uppringd*|samtal*; faktura*; microsoft*; lösenord*"},

	{topic(Malware), 4, "*virus*; trojan*; skadlig kod|kod|programvara|fil*; malware*; ransom*; " +
		"utpressningsprogram*|utpressningsvirus*|utpressningsmeddel*|gisslanprogram*; lösensumm*|lösenkrav*; " +
		"kryptera* + fil*|server*|lösen*|betala*|låst*; filer|filerna .. krypter*|låst*|ändelse*; " +
		"spionprogram*|keylogg*; kryptogruv*|kryptomin*"},
	{topic(Malware), 3.5, "infekt*|smitt*|nedsmitt*; " +
		"antivirus*|virusskydd*|virusskann*|defender|edr + larm*|varna*|hitta*|stopp*|blocker*|karantän; " +
		"karantän*; bitcoin*|kryptovalut*|utpress*; makro* + öppna*|aktiver*|bilaga*; " +
		"okänd*|konstig*|underlig* program* .. install*|startade; installer* .. sig|själv; " +
		"locked|encrypted|readme|lösenmeddeland*; reklam* .. överallt|fönster|dyk*|öppn*|själv*|poppar; " +
		"öppnar|öppnas|startar|startas .. själv|själva|sidor; " +
		"elak*|illvillig*|skadlig* program*|fil*|kod*|programvar*|makro*; " +
		"mask|masken + dator*|nät*|skrivar*|sprid*|it|server*; " +
		"filer|filerna|filer .. heter|bytt|döpt*|namn|konstiga|ikon*|öppna* + plötsligt|alla|inte|konstig*; " +
		"betala .. bitcoin*|få .. filer*; krypter* .. fil*|server*|disk*|dator*|delad*"},
	{topic(Malware), 3, "antivirus*|virusskydd*|defender|edr; popup*|poppa*|pop; " +
		"fönster + dyk*|poppa*|hoppa*|varning*|svart*; svart|svarta ruta*|fönster; fjärrstyr* + program*|mus*; " +
		"muspekare*|muspilen|markör* + själv*|rör*|flytta*; exefil*|exe; öppna* bilaga*|fil* + dator*; " +
		"hotskydd*|skyddsprogram*"},
	{topic(Malware), 2.5, "tillägg* .. webbläs*|synk*|ladd*|installer*; " +
		"laddat|laddade|ladda hem|ner .. program*|spel*|fil*|tillägg*|app*; " +
		"varning* .. dator*|skärm*|virus*|infekt*|ring; usb* .. parkering*|hittade|okän*|satte|stoppade; " +
		"dator* .. själv|själva|konstig*|långsam*|lever|fläkt*; " +
		"skannat|skannade|skanning* .. dator*|klient*|virus*; ominstall*|ominstaller*|blås* om|återinstall*"},
	{topic(Malware), 2, "dator* .. konstig*|långsam*|seg|märklig*|beter*|eget; " +
		"skum|konstig|okänd* .. fil*|program*|usb*|tillägg*; webbläsar* + tillägg*|startsida*|omdirig*; " +
		"bilaga*|zip* + öppna*; ladda*|laddade ner .. program*|fil*; isolera* .. dator*|server*; krypter*; " +
		"larma*|larm .. dator*|klient*"},
	{topic(Malware), 1.5, "virus|viruset|trojan|ransomware|skadlig|malware|infekterad*; " +
		"antivirus|antivirusprogram*|virusskydd*|defender; krypterade|krypterat|krypterats|lösensumma|bitcoin; " +
		"popup|popuper|poppar|poppade|reklamfönster*|ruta|rutor|fönster .. dator*|skärm*|dyker|dök|betal*|virus; " +
		"datorn|datorerna|dator .. långsam*|konstig*|själv|infekter*|isoler*|karantän|larm*|virus*|ren*; " +
		"filer|filerna .. öppna*|krypt*|låst*|namn*|ändelse*|konstig*; " +
		"bilaga|bilagan|filen|zip .. öppnade|öppnat|program*|makro*|körde|dator*; " +
		"programmet|program .. okänt|konstigt|själv|installera*|laddad*|inte .. känner; " +
		"usbminne*|usb .. okän*|hitta*|stoppa*|satte|virus*; " +
		"tillägg|tillägget|webbläsare* .. reklam*|själv|sökmotor*|startsida*|konstig*; " +
		"karantän|isolerad|isolerat|isolerade|urkopplad; skript|script|powershell|makro|makron; " +
		"spionprogram|övervakningsprogram|fjärrstyr*"},
	{topic(Malware), 1, "dator* + <strange>; installer*; usb* + hittade|okänd*|upphitt*"},

	{topic(Intrusion), 4, "*intrång*; hack*; *hackad; " +
		"kapad*|kapat|kapades|kapning*|kontokap*|övertag* .. konto|<mail>; " +
		"konto|kontot .. kapad*|kapat|kapades|övertag*|hackad*|intrång; " +
		"inlogg*|inloggad .. <far>|okänd*|främmande|natten; logga* in .. <far>|okänd*|utomstående|från; " +
		"bruteforce*|brute force|lösenordsspray*|lösenordsattack*|lösenordsgiss*; " +
		"bakdörr*|webbskal*|webshell*|sqlinjek*|sql injekt*; " +
		"vidarebefordringsreg*|vidarebefordransreg*|inkorgsreg*|vidarebefordr* regel|regler"},
	{topic(Intrusion), 3.5, "misslyckade|felaktiga|tusentals|hundratals inlogg*; " +
		"inlogg* .. misslyck*|försök*|<not>; " +
		"utomstående|obehörig*|okänd*|någon|angripare* .. tagit|ta|tog|kommit|kom|loggat|loggade .. sig|in + " +
		"konto|kontot|system*|server*|mejl*|<mail>|webb*; angripar*|hotaktör*; " +
		"sårbarhet* + utnyttj*|server*|attack*|uppdater*|känd*; utnyttja* .. sårbarhet*|brist*|hål; " +
		"skicka*|skickat|gått|går .. från mitt|min|hennes|hans|mina|vårt|kollegans|<staff> + spam*|bluff*|konto|" +
		"<mail>|inte; läck*|dumpa*|stulna .. lösenord*|inlogg*|kontouppgift*; " +
		"lösenord* .. läck*|darknet*|darkweb*|ute; " +
		"<web> .. ändra*|byt*|ersatt|utbytt .. startsid*|bild*|text*|innehåll*; " +
		"startsid* + ändra*|ersatt|utbytt|budskap; administratörskonto*|adminkonto* + okänd*|skapa*|nytt|ny; " +
		"mfa* .. godkän*|notis*|förfråg*|begär*|utan; " +
		"konto*|kontot|mejlkonto*|inkorg* .. skickat|skickar|skickade|skickas|skicka; " +
		"inte|ej jag som|har|utan|skick*; " +
		"<web>|sida* .. flagg*|slagord*|budskap*|propaganda*|kasino*|porr*|politisk*|reklam*|omdirig*; " +
		"lyckad*|lyckats inlogg*|logga*; " +
		"någon|nån|utomstående|okänd* .. logga*|loggat|loggade in .. mitt|min|mina|hennes|hans|konto*|system*|" +
		"som; loggat|loggade|inloggad|inloggning* .. <not> jag|hon|han|känner|gjort|själv; " +
		"tagit|tog|ta över .. konto*|server*|mejl*|sida*|kanal*|facebook*; " +
		"lösenord* .. ändrats|bytts|ändrat|bytt .. någon|inte|själv; dataläcka*|datastöld*"},
	{topic(Intrusion), 3, "attack*|angrepp*|cyberattack*|cyberangrepp*; " +
		"tagit|ta|tog sig in .. system*|server*|nät*|konto*; inlogg* .. <not> jag|jag|hon|han|känn*|igen; " +
		"konto .. skapa*|okänt|okänd*|spärra*|låst*; " +
		"ändrat|ändrade|bytt|bytte .. lösenord* + någon|inte|utomstående|angripar*; " +
		"portskan*|skanning*|skanna* .. nät*|server*|port*; session*|token* + stul*|avslut*|kapa*; " +
		"dark|mörka webben|nätet; läck* .. leverantör*|databas*|kunddata; defac*; " +
		"iplarm*|säkerhetslarm*|siem*|soc + inlogg*"},
	{topic(Intrusion), 2.5, "inloggningsförsök*|inloggningsfel*|inloggningslarm*; " +
		"inlogg* .. natt*|helg*|klockan|tid*|enhet*|land*; " +
		"kamera*|termostat*|styrsystem*|larm* .. styr*|vrid*|fjärr*|någon; " +
		"api|nyckel|token .. läck*|github|använd*; " +
		"skapat|skapats|skapade .. konto*|användar*|regel*|administratör*; " +
		"mejl .. från .. mitt|min|chefens|hennes konto*|adress*; okänd* .. inlogg*|session*|enhet*|ip|land; " +
		"databas* .. läck*|såld*|säljs|forum*"},
	{topic(Intrusion), 2, "utomstående; obehörig* .. inlogg*; försök* .. logga|komma|ta .. in; " +
		"spärra* .. konto*|inlogg*; avslutat|avslutade .. session*; " +
		"okänd* enhet*|ip|ipadress*|adress*|användar*|konto*; byt* .. lösenord*|alla; exfiltr*; " +
		"leverantör* + intrång*|attack*|läck*; skickas|skickats|skickades från .. konto; " +
		"spam*|skräpp* .. från .. konto*"},
	{topic(Intrusion), 1.5, "hackad|hackat|hackade|hackare|kapad|kapat; " +
		"intrång|intrånget|dataintrång|angrepp|attack|attacken|cyberattack*; " +
		"inloggning|inloggningar|inloggad|loggat|loggade .. utland*|okän*|någon|natt*|utanför|ryssland|kina|usa|" +
		"främmande|land; " +
		"konto|kontot|konton|mejlkonto|administratörskonto .. någon|spärra*|övertag*|skick*|okän*|kapa*|natt*|" +
		"skap*; någon|nån .. annan|varit|har .. inne|tagit|loggat|ändrat|bytt|kommit; " +
		"skickats|skickas|skickar|skickade .. från .. mitt|min|vår|vårt|hennes|hans|kontot; " +
		"sårbarhet|sårbarheten|säkerhetshål*|exploit|zeroday; " +
		"servern|server .. utomstående|okän*|process*|intrång|angrip*|fil*|kopplar*|trafik; " +
		"lösenordet|lösenord .. ändra*|bytt|läckt*|gissa*|spray*|fungerar; " +
		"misslyckade|upprepade|hundratals|tusentals .. inlogg*|försök*; ip|ipadress|ipadresser|vpn; " +
		"hemsidan|webbplatsen|startsidan|sidan .. bytt*|ändrat*|utbytt*|bild*|text*|reklam*|budskap|länkar; " +
		"facebooksida|facebooksidan|instagramkonto*|facebookkonto* .. kapa*|någon|tagit|ute|låst*|hack*|inlägg*; " +
		"regel|regler|regeln .. inkorg*|mejl*|vidare*|skap*; " +
		"leverantör|leverantören .. intrång|angrip*|hackad|attack*|utsatt*|läck*; " +
		"mfa|tvåfaktor*|authenticator .. godkän*|begär*|mitt|natt*|fråg*"},
	{topic(Intrusion), 1, "konto|kontot; inlogg*; läck*; server*; säkerhetslarm*"},

	{topic(DenialOfService), 4, "ddos*; dosattack*|dosangrepp*; " +
		"överbelast* + attack*|angrepp*|webb*|trafik*|avsikt*|medvet*|anrop*; *överbelastningsattack*; " +
		"överbelastningsattack*|överbelastningsangrepp*|överbelastningsförsök*; botnät*|botnet*; " +
		"tillgänglighetsattack*|tillgänglighetsangrepp*; mejlbomb*|mailbomb*|sökbomb*"},
	{topic(DenialOfService), 3.5, "trafik* .. mängd*|onormal*|storm*|utland*|många|miljon*|tusental*|länder|" +
		"enorm*|massiv*|våg*; onormal*|massiv*|extrem*|enorm*|våg* .. trafik*|anrop*|förfråg*|samtal*; " +
		"tusentals|miljontals|miljoner|hundratals|tiotusental* .. anrop*|förfråg*|samtal*|mejl*|formulär*|besök*|" +
		"bokning*|sidvis*|trafik*|uppslag*; nedring*|ringer|ringde ner|oavbrut*|konstant; " +
		"hacktivist*|prorysk*|ryskvän*; skript* .. adress*|anrop*|kör*|mass*|boka*; " +
		"sänka|sänker|sänkt*|sänkte|släcka .. sajt*|webb*|hemsid*|den|er|tjänst*|system*|oss; " +
		"hundratals|tusentals|tiotusentals|miljontals adress*|ip|datorer|bottar|botar|konton|samtal|mejl|" +
		"bokning*|anmäl*|ansök*; attack* .. sajt*|webb*|hemsid*|etjänst*|växel* .. nere|ner|seg|trafik*; " +
		"samtal* .. samtidigt|hela|automat*|tysta|tyst|robot*|sekund*|minut*|blocker*; " +
		"fylls|fylldes|fyller|fyllt|dränk*|dränkt*|spamma*|spammas .. formulär*|inkorg*|mejl*|skräp*|växel*|" +
		"telefon*|anmäl*|kö|system*; robot*|bottar|botar .. anrop*|boka*|kö|platser|formulär*"},
	{topic(DenialOfService), 3, "överbelast*; bott*|botar|robot* + anrop*|trafik*|formulär*|boka*|besök*; " +
		"anrop*|förfrågning* + sekund*|minut*|ip|ipadress*|länder|samma|server*; " +
		"automat* .. samtal*|anmälning*|formulär*|mejl*|anrop*; " +
		"dränk*|översvämm* .. <mail>|formulär*|samtal*|anrop*|växel*; " +
		"trafikfilt*|scrubb*|ddosskydd*|geoblock*|ipblock*"},
	{topic(DenialOfService), 2.5, "kö|kön .. falska|bottar|full|upptag*; " +
		"trafiken|trafik .. normal*|gånger|länder|utland*|mönster; hot* .. attack*|sänka|ddos*|överbelast*; " +
		"webb*|sajt*|hemsid* .. inte .. nås|svar* + attack*|angrepp*|trafik*; " +
		"kapacitet*|bandbredd* .. full*|tak*|slut|attack*|trafik*"},
	{topic(DenialOfService), 2, "trafik*; spamm* .. växel*|telefon*|formulär*|nummer*; " +
		"webb*|hemsid*|etjänst* + seg|långsam*|nere + attack*|angrepp*|trafik*; samordna* .. attack*|webb*; " +
		"ddos|överbelastning*|överbelastad|överbelastas; " +
		"trafik|trafiken|trafikmängd* .. webb*|sajt*|server*|utland*|mycket|gånger|ovanlig*|plötslig*; " +
		"anrop|anropen|förfrågningar|förfrågan|requests .. sekund*|server*|webb*|tusen*|miljon*|samma|mäng*|" +
		"mycket; attack|attacken|angrepp|angreppet .. webb*|sajt*|hemsid*|etjänst*|nere|trafik*|seg*; " +
		"botar|bottar|botnät|robotar|robot|script|skript .. webb*|boka*|formulär*|anrop*|trafik*|sajt*|adress*|" +
		"etjänst*; " +
		"växeln|växel|telefonerna|linjerna|numret .. blocker*|spam*|tysta|robot*|samtidigt|hundra*|tusen*|" +
		"automat*; " +
		"formulär|formuläret|etjänsten|inkorgen|brevlådan|chatten .. tusen*|hundra*|spam*|skräp*|fylls|fyll*|" +
		"dränk*|översvämm*|robot*; " +
		"avsiktligt|medvetet|uppsåt*|riktad|riktat|organiserat|aktivister|aktivistgrupp*|grupp .. webb*|nere|" +
		"trafik*|attack*|sajt*; " +
		"sajten|webbplatsen|hemsidan|etjänsten|webben|kommunens .. dog|sänk*|tung|seg|nere .. attack*|trafik*|" +
		"angrepp*|anrop*|ip|adresser|utland*"},
	{topic(DenialOfService), 1, "anrop*; botar|bottar|robotar; avsiktligt"},

	{topic(Outage), 4, "*avbrott*; driftstör*|driftstopp*|driftproblem*; *störning; " +
		"strömlös*|strömavbrott*|elavbrott*|strömmen .. gick|försvann|bröts|borta; " +
		"ligger|låg|legat|gick|gått|är|var|varit nere|ner|ned; avgrävd*|grävde|grävt av|sönder"},
	{topic(Outage), 3.5, "<system> .. inte|ej fungera*|funka*|start*|svara*|igång|ladda*|gick|går|kommer|" +
		"kom; <not> fungera*|funka*|funkade|startade|svarade|åtkomst .. <system>; " +
		"<system> .. nere|krasch*|stannade|stopp|död|dött|dog|stod|står|avbrott|stannat|slut*|hängde|hänger; " +
		"krasch*; reservrutin*|pappersrutin*|kontinuitetsplan*; " +
		"gick|går|kunde|kan|kommer|kom|kunna inte .. öppna|logga|in|nå|åt|starta|ringa|registrera*|dokument*|" +
		"skriva|läsa|få; tapp* .. nät*|anslut*|uppkoppl*|förbindels*|kontakt*|täckning*; " +
		"slockna*|släcktes|mörkt|svart .. skärm*|skåp*|dator*|system*|hela|allt; " +
		"drog|dra|dragit|råka* ur .. kontakt*|sladd*|kabel*|fel; " +
		"internet|nätet|nätverk*|wifi|telefon*|uppkopplingen|mobilnät* .. borta|försvann|dog|dött|nere|tillbaka|" +
		"tillbaks|bort|segt|inte; kunde|kan|gick|går|kom inte .. in|öppna*|logga*|nå|skriva|läsa|registrera*|se; " +
		"backup*|säkerhetskopi* .. inte|misslyck*|fel|tom*|sakn*|går; " +
		"kylaggregat*|värmen|överhett*|varmt .. server*|datorhall*|rum*; " +
		"trygghetslarm*|larm|larmet|larmen .. inte|nere|fungera*|tyst*|krånglar; " +
		"krånglar|krånglade|strul*|hackar|laggar"},
	{topic(Outage), 3, "fungera*|funkade|funkar .. inte|ej; slut|slutade|slutat .. fungera|svara|gälla; " +
		"brand|brann|brunnit|branden|eldsvåda*|rök*; " +
		"vattenläck*|vattenskad*|översvämning*|översvämma*|läck* vatten|kylan|kyla*; " +
		"vatten .. server*|golv*|tak*|datorhall*; certifikat* .. ut|gått|löpt|utgång*|gick; " +
		"säkerhetskopi*|backup* .. <not>|misslyck*|saknas|fungera*; " +
		"hårdvarufel*|diskfel*|diskkrasch*|strömförsörj*|ups*; disk* .. full|fullt|slut|sönder|trasig*; " +
		"uppdatering*|byte*|omstart*|migrering*|uppgradering* + nere|misslyck*|krasch*|stopp*|inte|fungera*; " +
		"penna .. papper; otillgänglig*|oåtkomlig*|onåbar*; åska*|blixt*|storm*"},
	{topic(Outage), 2.5, "dog|dött|död|stendöd*; utan nät|internet|telefon|ström|system|larm|åtkomst; " +
		"uppe igen|tillbaka; kom|kommit tillbaks|tillbaka|igång; " +
		"uppdatering* .. fel|inte|krånglar|misslyck*|efter; leverantör* .. driftinfo*|avbrott*|felsök*|jobbar; " +
		"licens* .. gått|utgång*|slut; hårddisk*|disk* .. trasig*|krasch*|full*|sönder|dött; " +
		"åskväder*|stormen|blixten|översväm*|vatten"},
	{topic(Outage), 2, "<system> + nere|seg|segt|långsam*|hänger; " +
		"felanmäl*|servicedesk*|helpdesk*|driften; åtkomst + <not>; " +
		"timmar|timme|förmiddag*|eftermiddag* + <system>|stod|utan|nere; vänta* + system*; " +
		"manuellt|papper + <system>; stod .. still|stilla; utan ström|internet|nät|telefon*|larm|system*; " +
		"server* + fel|varm*|sönder|stopp*"},
	{topic(Outage), 1.5, "fungerar|fungerade|funkar|funkade|funka inte|ej; nere; " +
		"avbrott|avbrottet|driftstopp|driftstörning|störning; strömavbrott|strömmen|elen; " +
		"krasch|kraschade|kraschat|hängde|hänger|låste; kommer|kom|kan|kunde inte .. in|logga|åt|öppna|nå; " +
		"servern|systemet|nätverket|internet|telefonin|växeln .. nere|borta|dog|stann*|krasch*|fung*|funk*; " +
		"felanmält|felanmälan|servicedesk|driftleverantör*; reservrutin|reservrutinen|papper|manuellt|för hand; " +
		"timmar|timme|minuter|förmiddagen|eftermiddagen .. nere|utan|stopp|avbrott|stod|fung*|funk*; " +
		"backup|backupen|säkerhetskopia|säkerhetskopian|säkerhetskopiering*; " +
		"vatten|vattenläcka|brand|rök|blixt|åska|översvämning|värme|kyla; " +
		"omstart|starta om|startade om|uppdatering*; svarar|svarade inte|ej; " +
		"fiber|fibern|kabel|kabeln .. avgräv*|gräv*|av|skada*; segt|seg|långsamt|långsam; " +
		"larmen|trygghetslarmen|trygghetslarm; öppna inte; gick ner; uppkoppling|uppkopplingen|anslutning*"},
	{topic(Outage), 1, "<system> .. inte; ström*; uppdatering*; fiber*"},

	{topic(IncorrectData), 4, "felregistr*|felinmat*|felskriv*|felrapport*|felkod*; " +
		"förväxl*|förväxel*|hopblanda*|ihopblanda*|sammanbland*|blanda* .. ihop; " +
		"blandat|blandade|blandats ihop|samman; " +
		"<wrong> akt|akten|personakt*|journal*|personakt* + skriv*|skrev|dokument*|registr*|anteckn*|hamna*|in; " +
		"skriv*|skrev|dokumenter*|registr*|journalför*|anteckn*|förde|fört|lade|bokför* .. på|i|hos <wrong>; " +
		"skrivit|skrev|skrevs över; överskriv*|skrivits över"},
	{topic(IncorrectData), 3.5, "<wrong> uppgift*|belopp*|dos*|värde*|personnummer*|datum*|diagnos*|medicin*|" +
		"adress* .. registr*|system*|journal*|inlagd*|inskriv*|stod|står|beslut*|i; " +
		"registr* .. fel|fel|felaktig*|dubbel*|dubbl*; dubblett*|dubbelregistr*|dubbla poster|personer|ärenden; " +
		"<not> stäm*|överens*|korrekt*|riktig* .. uppgift*|siffr*|lista*|system*|register*|belopp*; " +
		"siffr*|uppgift*|lista*|belopp*|saldo*|värde*|mätvärde*|värden .. stäm* inte|ej; stämmer|stämde inte|ej; " +
		"<wrong> <person> + registr*|journal*|skriv*|skrev|dokument*|system*|beslut*|medicin*|utbetal*; " +
		"kasta* om; kastats|kastades|omkastad*|omkastade om|siffr*; försköt*|förskjut*; " +
		"inläs*|inläst*|import*|importer*|överför*|konverter* .. fel|rad|rader|kolumn*|sakn*|dubbl*|försvann; " +
		"registrera*|inlag*|inskriv*|står|stod .. men .. gäller|är|ska|egentligen|heter|rätt|borde; " +
		"har|fick|fått .. grannens|andras|annans .. betyg*|värde*|resultat*|uppgift*|adress*; " +
		"hög|låg|fel lön|avgift*|belopp*|bidrag*|faktura*|ersättning*; " +
		"fel konto*|bankkonto*|kostnadsställ*|mottagarkonto*; avliden*|avlidna|död .. registr*|står|system*|men; " +
		"signera* .. fel|annan*|åt|utan; " +
		"dosen|dos|dosering*|medicinlista* .. fel|gammal*|stäm*|inte|dubbel*|gånger"},
	{topic(IncorrectData), 3, "förvansk*|korrupt*|manipuler*; " +
		"ändra*|ändrats|ändrad*|ändringar + <not>|vet|vem|spår*|logg*|förklar*|belopp*|betyg*|uppgift*; " +
		"import* + fel*|kolumn*|rader|förskjut*|blanda*; " +
		"kolumn*|formel*|formler|kommatecken*|decimal*|förskjut*|filter*; " +
		"fel belopp*|summa*|utbetal*|lön*|avgift*|betyg*|dos*|datum*|personnummer*|folkbokför*|kod; " +
		"<wrong> .. utbetal*|faktur*|beslut*; inaktuell*|gammal* uppgift*|adress*|version*|lista*; " +
		"betyg* .. fel|ändra*; fel <person>; versioner*|gammal version"},
	{topic(IncorrectData), 2.5, "säger|visar|visade|står|stod .. fast|trots|men; " +
		"två|dubbla|flera versioner|journaler|poster|personer; " +
		"blandade|blandat|blandas|blanda .. två|ihop|barn*|namn; personnummer .. fel|annan|två|samma|siffra; " +
		"fortfarande fel; ändrats|ändrat|ändrad|ändrade .. utan|ingen|själv|någon; " +
		"uträkn*|beräkn*|summer*|formel* .. fel|stäm*; rättelse*|rättas|rättats"},
	{topic(IncorrectData), 2, "fel i; fel|felaktig* uppgift*|värde*|siffr*; " +
		"rätta*|rättat|rättad*|korriger*; ändrat|ändrad*|ändrade|ändrats; utbetal*; mätvärd*|sensor*; " +
		"försvunn*|försvann|saknas .. anteckning*|rader|poster|uppgift*; tvilling*|samma efternamn|namn; " +
		"signer*; saldo*"},
	{topic(IncorrectData), 1.5, "fel|felaktig|felaktiga|felaktigt .. uppgift*|registrer*|belopp*|datum*|" +
		"person*|adress*|siffr*|värde*|lön*|summa*|betyg*|dos*; " +
		"registrerat|registrerad|registrerats|registrerades|inskrivet|skrivit|infört|dokumenterat|dokumenterades|" +
		"antecknat|journalfört|lagts .. fel|på|annan*|hos|in; " +
		"förväxlat|förväxlade|förväxling|ihopblandade|sammanblandning; " +
		"ändrat|ändrats|ändrades|ändrad .. vem|utan|ingen|uppgift*|belopp*|siffr*|betyg*|värde*|logg*; " +
		"dubbla|dubblett|dubbletter|dubbelt; " +
		"siffror|siffrorna|siffran|beloppet|belopp|summan|värden|mätvärden|decimal*; " +
		"journalen|akten|akt|journal .. fel|annan*|blanda*|hamna*|skriv*|skrev; " +
		"betyg|betyget|betygen|frånvaro* .. fel|ändra*|byt*|saknas; " +
		"utbetalning*|utbetalt*|lön|lönen|bidrag*|avgift* .. fel|dubbel*|hög*|låg*|annan*; " +
		"kolumn|kolumner|rader|excel|import|importen|inläsning*; rätt uppgift*|värde|person|belopp|adress; " +
		"gamla|gammal|inaktuell*|föråldra*|tidigare .. uppgift*|adress*|version*|lista*|värde*; " +
		"samma namn|personnummer; beslut|beslutet .. fel|bygg*|grund*|felaktig*; " +
		"medicin*|läkemedel*|dosering|insulin* .. fel|dubbel*|annan*|lista*; " +
		"övers|överskriven|överskrivet|skrev över; avvikelse|differens"},
	{topic(IncorrectData), 1, "registr*; felaktig*; excel*; beslut*; journalför*|dokumenter*"},

	{topic(Other), 3, "drönar*; är|detta|det .. incident|fråga + osäker|vet|undrar|oklart; " +
		"vet inte|ej om|vart|vem|var .. incident|rapporter*|vänd*|anmäl*|hör; spioner*|avlyssn*|mikrofon*; " +
		"hot|hotbrev*|hotelse*|hotad*|hotfull*|bombhot*"},
	{topic(Other), 2.5, "två|någon|kollegor pratade|prata .. buss*|tåg*|högt|hörde; vet inte|ej; " +
		"kan va|vara inget|inte|batteri*|något|ingenting; konstig* .. känsla|bil*|person*|post; " +
		"vem .. man|jag .. vänd*|prata*|rapporter*"},
	{topic(Other), 2, "undrar|fråga|osäker*|oklart|oklar; " +
		"filma*|fotografera* .. utanför|byggnad*|vattenverk*|entré*|anläggning*; <not> vet|säker; rykte*; " +
		"känns konstig*|fel|olustig*; test|testar|prov; övervak*; vet inte; kanske ingenting|inget|inte"},
	{topic(Other), 1, "konstig*|märklig*; tips|förslag|önskemål; fråga|undrar|osäker|oklart; känns|kändes; " +
		"drönare; tips; hotfull*|hot|hotad"},

	{topicPersonalData, 3, "personuppgift*|personnummer*|personnr*; journal*|*journal; patient*; brukar*; " +
		"klient*; vårdnadshavar*; elevakt*|personakt*|barnakt*; " +
		"hälso*|sjukdom*|sjukskriv*|diagnos*|medicin*|läkemedel*|rehab*; orosanmäl*; folkbokför*; " +
		"skyddad* identitet*|personuppgift*|adress*; biståndsbeslut*|biståndsbedöm*; " +
		"lönespec*|löneuppgift*|lönelista*|löner|lön"},
	{topicPersonalData, 2, "elev*; barn*; namn|namnen|namnlista*; adress* + namn|telefon*|hem*; anhörig*; " +
		"akt|akten|akter|elevakt*|personakt*; sekretess*; boende*; kund*|kundregister*; betyg*|omdöm*; " +
		"foto*|bild* .. barn|elev*|person*|boende; vårdtagar*|omsorgstagar*; sökande*|cv; " +
		"<person> + uppgift*|lista*|schema*; " +
		"telefonlista*|klasslista*|deltagarlista*|närvarolista*|kontaktuppgift*; utredning*; medborgar*; " +
		"ekonomiskt bistånd; försörjningsstöd*; hyresgäst*; familj*; föräld*; specialkost*|allergi*|allergier"},
	{topicPersonalData, 1, "anställda|personal|personalen|medarbetar*; inlogg*|konto|kontot|inkorg*; " +
		"mejl*|mail*; person|personer|personens; användar*; <paper>; kamera*; beslut|beslutet"},

	{topicNoPersonalData, 3, "inga|ingen personuppgift*|personnummer|uppgifter; " +
		"utan|inte|innehåller personuppgift* .. inte; offentlig* uppgift*|handling* + bara|endast; " +
		"<not> personuppgift*|känslig*"},

	{topicSensitive, 3, "hälso*|diagnos*|sjukdom*|patientjournal*|medicin*|läkemedel*; " +
		"orosanmäl*|barnutred*|socialtjänst*; skyddad* identitet*|personuppgift*|adress*; sekretess*; " +
		"etnicitet*|religion*|facklig*|sexuell*; journal*; missbruk*|våld*"},

	{topicOngoing, 3, "pågår|pågående|fortfarande|ännu|alltjämt|fortsätt*; ligger kvar|nere|ute; " +
		"<not> åtgärda*|hittat|löst|tillbaka|igång|avstäng*; just nu; sprid*|sprids|sprider; " +
		"är borta|nere|öppen|kvar; har inte|ej"},

	{topicEnded, 3, "åtgärdat|åtgärdad*|åtgärdades|löst|löstes|avhjälpt*|återställ*; " +
		"är nu|nu .. borttag*|avpublicer*|spärra*|rättat|rättad|stäng*|avslut*|igång|tillbaka; " +
		"tillbaka|hittades|återfanns|återlämna*|återfått; borttag*|avpublicer*|nedtag*|raderats|raderad; " +
		"spärrat|spärrad*|spärrades; avslutad*|avslutat|upphörde|slutade; togs|tog|tagit|tagits ner|ned|bort; " +
		"fungerar|fungerade igen; varade|i .. timmar|minuter; rättat|rättade|rättad|korrigerat; " +
		"bytt|bytte lösenord*; <mail> .. raderat|raderad|raderades"},

	{topicNearMiss, 3, "tillbud*|nästan|nära ögat|på vippen; <not> klick*; " +
		"hann .. stoppa*|innan|ångra*|återkall*|upptäck*|avbryt*; " +
		"<not> klickat|klickade|öppnat|öppnades|lämnat|svarat|skickat|hänt|skadad|läst|läckt; " +
		"upptäckte* .. innan|tid; " +
		"stoppades|stoppade|stoppat|blockera*|blockerades|fastnade .. innan|filt*|karantän; " +
		"<not> något|någon|ngt hände|skada|skedd|tagit; kunde ha|blivit|gått; ingen skada|skadad; " +
		"i sista sekund*|stund*; tur|turligt att|nog|hade; såg det i tid; höll på; avvärj*"},

	{topicHarm, 3, "jag|hon|han|kollega*|någon klickade|klickat; skrev|fyllde|angav .. lösenord*|uppgift*; " +
		"har|hade läst|öppnat|sett|skickats|skickat"},

	{topicSupplier, 3, "leverantör* .. fel|miss*|orsak*|avbrott*|incident*|meddela*|läck*|hack*|attack*|" +
		"intrång*|drabb*|skickat|råkat; " +
		"driftleverantör*|underleverantör*|personuppgiftsbiträd*|systemleverantör*|molnleverantör*; " +
		"konsult*|entreprenör*|flyttfirm*|städfirm*|utförare*"},
	{topicSupplier, 2, "leverantör*; biträde*"},

	{topicSweden, 3, "säkerhetsskydd*; säkerhetsklass*|säkerhetsskyddsklass*; rikets|sveriges säkerhet; " +
		"krigsplac*|totalförsvar*"},

	{topicIntegrity, 3, "ändrad*|ändrats|ändrade|ändra|bytt|bytte|bytts .. uppgift*|värde*|belopp*|innehåll*|text*|adress*|kontonummer*|behörig*|betyg*|" +
		"datum*|rad|rader|siffr*|inställning*; förvansk*|förfalsk*|manipuler*|korrupt*|skadad*|trasig*; felregistr*|förväxl*|hopblandad*|blandat|ihopblandad*; " +
		"skrivits|skrevs|skrev|skrivit över|dubbelt; fel värde*|belopp*|datum*|dos*|summa*|siffr*|uppgift*|person*|akt|akten|journal*|adress*|mängd*|" +
		"betyg*|enhet|kod*|nummer; stämmer|stämde <not>; <not> stämmer|stämde|korrekt*|riktig*|rätt|aktuell*; felaktig* .. uppgift*|information*|" +
		"beslut*|data|värde*|belopp*; krypter* .. fil*|mapp*|server*; dubbletter*|dubblerad*|dubbelregistr*; falsk* .. faktur*|uppgift*|sida|beslut*"},

	{topicAvailability, 3, "<system> .. nere|krasch*; <not> åtkomst|nå|öppna|komma|hitta|hittar; " +
		"går|gick inte .. öppna|logga|nå; *avbrott*; försvunn*|borta; krypterade|låsta .. fil*; " +
		"rader* .. misstag|permanent"},

	{topicBorrowed, 4, "gemensam*|samma|allas|delat|delad <login>; delar|delas|delade|dela .. <login>; <login> .. delas|delats|delar|gemensam*; " +
		"gruppkonto*|gruppinlogg*|avdelningskonto*|enhetskonto*|allkonto*|vikariekonto*; låna*|lånat|lånar|utlån* .. <login>|<key>; " +
		"<login>|<key> .. utlåna*|lånats|lånade|lånat|låna; alla .. har|kan|använder <login>; " +
		"använd*|använt|kör|kört .. mitt|hennes|hans|min <login>"},
	{topicBorrowed, 3, "kolleg*|handledar*|varandra*|andras|annans|företrädar*|ordinarie* <login>; i|under mitt|hennes|hans|annans|andras|varandras namn; " +
		"logga*|inloggad* in|kvar som|åt mig|henne|honom; i|från|vid|på|via min|hennes|hans|lärarens|rektorns|olåsta dator*|platta*|session*; " +
		"logga*|loggar .. samma namn; kan|vet|visste|känner mitt|hennes|hans <login>; " +
		"står|stod|syns .. mitt|hennes|hans namn; mitt|hennes|hans namn .. står|stod|loggen"},
	{topicBorrowed, 2, "gav|gett|ge|ger|fått|fick|få|får|lämnat|lämnade|visste mitt|sitt|hennes|hans|hens|min|sin <login>; chef*|rektor*|lärar* <login>; " +
		"<login> + lapp*|klisterlapp*|postit*|tejpa*|whiteboard*|tavlan|skåpsdörr*|tangentbord*|uppskriv*; " +
		"alla .. nyckel*|koden|tagg*; loggar|loggade|loggat|logga <not> ut"},
	{topicTraceless, 4, "<log> .. saknas|saknades|borta|rader*|tom|tomma|tömd*|tömt|avstäng*|överskriv*|rensa*|upphör*|försvunn*|försvann|krascha*; " +
		"rader*|rensa*|töm*|tömt|stäng*|sopa*|sopat|dolt|släng*|strimla*|gallra* + <log>|spår|spåren|spåret; loggning* .. avstäng*|av|saknas; " +
		"loggning* .. <not>; spårbarhet*; <not> .. <tell> vem|vilka|vilken|vems|när; omöjlig* .. <tell> vem|vilka; " +
		"<not> vem|vilka som; <tell> <not> vem|vilka|vems; <not> <tell> .. vem|vilka|vems; framgår|syns|står <not> vem|vilken; " +
		"historik*|versionshistorik*|ändringshistorik*|ändringslogg* .. borta|saknas|avstäng*|rensa*|försvunn*|rader*|okänd*; <not> historik*; " +
		"<register> + borta|saknas|försvunn*|försvann|släng*|rader*|gallra*|strimla*|stulen|stals|tagit|togs|tom|tomt|ifylld*|utriv*; " +
		"<not> register|lista|kvittens* .. vem|vilka|över|förs|finns; <not> signatur*|signum|signera*|signering*|underskri*|undertecknad*|undertecknat|" +
		"daterad*|daterat|kvitterat|kvittens*; signerade|signerad*|signerat .. <not>; saknar|saknas namn|signatur*|signum|underskrift*; " +
		"<not> namn|datum|signatur*"},
	{topicTraceless, 3, "<not> känns|erkänner|minns|vet .. vem|vid; vet <not> .. vem|vilka|vilken; oklart|okänt|osäkert vem|vilken|vilka; okänd användare|ursprung; " +
		"<not> skriver|antecknar|kvitterar|skrivit|skrev upp|ut|vem|namn; visar|står|stod .. bara|alla system*|gäst|admin*|anonym|okänd"},
	{topicTraceless, 2, "<log> <not>; vet <not> vem; " +
		"<film> .. skrevs|skrivits|spelades|spelats över; <film> + avstäng*|trasig*|överskriv*|rader*|stulen|stals|avklippt|överspreja*"},
	{topicTraceability, 1, "signer*; kvitter*; historik*; <log>"},
	{topicTraced, 3, "<log>|ändringslogg*|åtkomstlogg*|historiken .. visar|visade|ser|syns|säger|framgår|finns; enligt <log>|åtkomstlogg*|passerlogg*; " +
		"eget|egen|egna|personlig* <login>|namn; som sig själv*; utkvitter*|kvitter* .. mig|henne|honom; " +
		"signerat|undertecknat själv|av|båda; erkänt|medgett|medger|erkände"},

	{topicConfidential, 3, "läck*|röjd*|röjts|röjt; obehörig* .. se|läs*|del|ta; sekretess*"},
}
