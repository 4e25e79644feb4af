metadata description = 'Types that several modules share.'

@export()
@description('Tags of a resource: names and values.')
type tagsType = {
  *: string
}
