package project

import "strings"

// What may be asked of a File is listed here. All else is not kept of it.

// isAskedCall reports whether calls of this name are kept.
func isAskedCall(name string) bool {
	switch name {
	case "include", "create", "get_or_create", "update_or_create", "bulk_create",
		"get_signed_cookie", "set_signed_cookie", "get_cookie_signer", "salted_hmac",
		"Signer", "TimestampSigner", "sign", "sign_object", "unsign", "unsign_object", "dumps", "loads",
		"URLSafeSerializer", "URLSafeTimedSerializer", "TimedSerializer", "Serializer", "TimedJSONWebSignatureSerializer", "JSONWebSignatureSerializer",
		"login", "auth_login", "django_login", "perform_login", "login_user", "authenticate",
		"Hashids", "encode", "decode", "encode_jwt", "jwt_encode", "encrypt",
		"derive", "urlsafe_b64encode", "pbkdf2_hmac", "new", "digest", "HMAC", "base64_hmac", "constant_time_compare",
		"sha1", "sha224", "sha256", "sha384", "sha512", "md5", "blake2b":
		return true
	}
	return IsCipher(name) || IsEncryptedField(name)
}

// isAskedName reports whether the lines of a name are kept; all that may be the name
// of a setting are.
func isAskedName(name string) bool {
	switch name {
	case "PasswordResetView", "PasswordResetConfirmView", "PasswordResetForm", "password_reset_confirm", "default_token_generator",
		"ServeView", "CookieWizardView", "SessionWizardView", "FormPreview", "jwt", "hmac", "sha256":
		return true
	}
	return isSettingName(name)
}

// askedWords are those of a class.
var askedWords = [...]string{"_make_hash_value", "password"}

// IsCipher recognises what encrypts, by the name of the class or function.
func IsCipher(name string) bool {
	switch name {
	case "PBKDF2HMAC", "HKDF", "Scrypt", "scrypt", "AES", "AESGCM", "ChaCha20Poly1305", "SecretBox":
		return true
	}
	return strings.Contains(name, "Fernet") || strings.HasSuffix(name, "Cipher") || strings.HasPrefix(name, "AES") && name != "AESKEY"
}

// IsEncryptedField recognises the fields of packages that encrypt columns.
func IsEncryptedField(name string) bool {
	return strings.HasPrefix(name, "Encrypted") && strings.HasSuffix(name, "Field") || strings.HasSuffix(name, "PGPSymmetricKeyField")
}

// isSettingName reports whether a name may be that of a setting that is made of the
// key: it has capital letters, and is not what every foreign key of a model names.
func isSettingName(name string) bool {
	capital := false
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'A' <= c && c <= 'Z':
			capital = true
		case c != '_' && (c < '0' || c > '9'):
			return false
		}
	}
	switch name {
	case "CASCADE", "PROTECT", "RESTRICT", "SET_NULL", "SET_DEFAULT", "DO_NOTHING":
		return false
	}
	return capital
}
