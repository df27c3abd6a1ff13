// Package gogit reads texts from repositories that a Go program holds in go-git
// (github.com/go-git/go-git/v5), in memory, in files or in any other storage: what
// the next commit would add (Staged), and what commits have added (History).
//
//	collector := scanner.NewCollector(detector)
//	history := gogit.NewHistory(repository.Storer, nil, nil)
//	coverage, err := collector.Run(ctx, history)
//	...
//	items, matched := scanner.Items(collector.Findings())
//	places := &scanner.History{Items: items, Places: history.Presences(matched, len(items))}
//	keys, _ := scanner.Build(detector, collector.Findings(), places, scanner.StatusLive)
//
// It is also a specification that runs. The djleaks program has its own reader,
// which is many times faster and reads damaged, forged and SHA-256 repositories
// too; tests hold that the two find the same texts, paths and commits wherever
// go-git can read.
//
// # Limits
//
// go-git reads SHA-1 names, and neither split nor sparse indexes nor reftable
// refs. Nothing bounds the work for a forged repository, in which a few trees can
// name more files than fit in memory. Every blob is read whole.
package gogit
