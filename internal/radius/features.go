package radius

// Features that advice is written for, by their names in a report.
const (
	DatabaseSessions       = "sessions in the database"
	CachedDatabaseSessions = "sessions in database and cache"
	FileSessions           = "sessions in files"
	CacheSessions          = "sessions in the cache"
	CookieSessions         = "signed-cookie sessions"

	FernetFields          = "encrypted columns (django-fernet-fields)"
	DjangoCryptography    = "encrypted columns (django-cryptography)"
	Mirage                = "encrypted columns (django-mirage-field)"
	FernetEncryptedFields = "encrypted columns (django-fernet-encrypted-fields)"
	ChannelMessages       = "channel messages (channels_redis)"
	RestAuthFactors       = "second factors (dj-rest-auth MFA)"
	StoredSignatures      = "stored signatures"
	StoredSigning         = "stored signatures (django.core.signing)"
	StoredHMAC            = "stored signatures (salted_hmac)"
	OwnEncryption         = "own encryption"

	SimpleJWT      = "Simple JWT tokens (djangorestframework-simplejwt)"
	TaskQueue      = "task queue (django-q)"
	MessagesCookie = "messages cookie"
)

// Features of Django itself, by their names in the list of what is not affected.
const (
	Sessions    = "sessions"
	SessionHash = "session auth hash"
	Messages    = "messages"
)
