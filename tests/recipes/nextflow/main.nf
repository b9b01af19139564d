// Tokenize every BED file that a pattern names, one task a file.
//   nextflow run main.nf --universe universe.bed.gz --inputs 'data/*.bed.gz' --output tokens
nextflow.enable.dsl = 2

process TOKENIZE {
    publishDir params.output, mode: 'copy'

    input:
    path universe
    path regions

    output:
    path "${regions.name}.parquet"

    script:
    """
    genotok tokenize --quiet -u '${universe}' '${regions}' -o '${regions.name}.parquet'
    """
}

workflow {
    TOKENIZE(file(params.universe, checkIfExists: true), Channel.fromPath(params.inputs, checkIfExists: true))
}
