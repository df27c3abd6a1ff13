package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// components is the bill of materials of one binary, in CycloneDX: the modules
// that it links, with their versions and licences.
func (r *release) components(p platform) (file, error) {
	data, err := r.sbom(p)
	return file{name: fmt.Sprintf("djleaks_%s_%s_%s.cdx.json", r.version, p.OS, p.Arch), data: data}, err
}

func (r *release) sbom(p platform) ([]byte, error) {
	program, err := r.program(p)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(program)
	main := cdx.Component{
		BOMRef: "pkg:golang/github.com/djleaks/djleaks@v" + r.version, Type: cdx.ComponentTypeApplication,
		Name: "djleaks", Version: r.version, Description: r.wheel.Description,
		PackageURL: "pkg:golang/github.com/djleaks/djleaks@v" + r.version,
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}},
		Licenses:   licensed(r.wheel.License),
		Properties: &[]cdx.Property{{Name: "djleaks:platform", Value: p.String()}, {Name: "djleaks:commit", Value: r.source.commit}},
	}
	var parts []cdx.Component
	depends := cdx.Dependency{Ref: main.BOMRef, Dependencies: &[]string{}}
	dependencies := []cdx.Dependency{depends}
	for _, m := range r.notices[p.String()].modules {
		c := m.component()
		parts = append(parts, c)
		*depends.Dependencies = append(*depends.Dependencies, c.BOMRef)
		dependencies = append(dependencies, cdx.Dependency{Ref: c.BOMRef})
	}
	bom := cdx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + uuid(sum)
	bom.Metadata = &cdx.Metadata{Timestamp: r.source.time.Format(time.RFC3339), Component: &main}
	bom.Components, bom.Dependencies = &parts, &dependencies
	var out bytes.Buffer
	err = cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

func licensed(spdx string) *cdx.Licenses {
	if strings.Contains(spdx, " ") { // an expression
		return &cdx.Licenses{{Expression: spdx}}
	}
	return &cdx.Licenses{{License: &cdx.License{ID: spdx}}}
}

// component is a module in a bill of materials. Go's own is called std, as the
// specification of package URLs has it.
func (m module) component() cdx.Component {
	name, version := m.path, m.version
	if name == "go" {
		name, version = "std", strings.TrimPrefix(version, "go")
	}
	url := "pkg:golang/" + name + "@" + version
	return cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: url, Licenses: licensed(licences[m.path])}
}

// uuid makes the name of a bill from the sum of its binary: version 8 of RFC
// 9562, whose bits are the maker's own.
func uuid(sum [sha256.Size]byte) string {
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
