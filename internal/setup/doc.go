// Package setup plans what a repository lacks so that djleaks guards it: the
// hook, or the entry in the configuration of the hook manager that is used here;
// the CI file of its forge; .env in .gitignore. It writes nothing.
package setup
